import { action } from '@stategate/user-function';

interface Commands {
  Quote: { items: { productId: string; quantity: number }[] };
  Review: { userId: string };
}

const CENTS_PER_PIECE = 250;

export const checkout = action<Commands>({
  service: 'com.example.shoppingcart.Checkout',

  commands: {
    Quote({ items }) {
      const pieces = items.reduce((sum, item) => sum + item.quantity, 0);
      return { cents: pieces * CENTS_PER_PIECE, currency: 'EUR' };
    },
    Review({ userId }, context) {
      context.forward('com.example.shoppingcart.ShoppingCart', 'GetCart', { userId });
    },
  },
});

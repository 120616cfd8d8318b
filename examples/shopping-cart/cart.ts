import { eventSourced } from '@stategate/user-function';

interface LineItem {
  productId: string;
  name: string;
  quantity: number;
}

interface Cart {
  items: LineItem[];
}

interface Commands {
  AddItem: LineItem & { userId: string };
  RemoveItem: { userId: string; productId: string };
  GetCart: { userId: string };
}

interface Events {
  ItemAdded: { item: LineItem };
  ItemRemoved: { productId: string };
}

export const cart = eventSourced<Cart, Commands, Events>({
  service: 'com.example.shoppingcart.ShoppingCart',
  persistenceId: 'shopping-cart',
  initial: () => ({ items: [] }),
  snapshot: { type: 'Cart', every: 50 },

  commands: {
    AddItem({ productId, name, quantity }, _state, context) {
      if (quantity <= 0) context.fail(`Cannot add ${quantity} of item ${productId}: the quantity must be positive.`);
      context.emit('ItemAdded', { item: { productId, name, quantity } });
    },
    RemoveItem({ productId }, state, context) {
      if (!state.items.some((item) => item.productId === productId)) {
        context.fail(`Cannot remove item ${productId} because it is not in the cart.`);
      }
      context.emit('ItemRemoved', { productId });
    },
    GetCart: (_command, state) => state,
  },

  events: {
    ItemAdded({ item }, { items }) {
      const present = items.find(({ productId }) => productId === item.productId);
      if (present === undefined) return { items: [...items, item] };
      const more = { ...present, quantity: present.quantity + item.quantity };
      return { items: items.map((other) => (other === present ? more : other)) };
    },
    ItemRemoved: ({ productId }, { items }) => ({ items: items.filter((item) => item.productId !== productId) }),
  },
});

import { valueEntity } from '@stategate/user-function';

interface Favourites {
  productIds: string[];
}

interface Favourite {
  userId: string;
  productId: string;
}

interface Commands {
  Mark: Favourite;
  Unmark: Favourite;
  List: { userId: string };
  Clear: { userId: string };
}

export const favourites = valueEntity<Favourites, Commands>({
  service: 'com.example.shoppingcart.Favourites',
  persistenceId: 'favourites',
  state: 'FavouriteProducts',
  initial: () => ({ productIds: [] }),

  commands: {
    Mark({ productId }, { productIds }, context) {
      if (!productIds.includes(productId)) context.update({ productIds: [...productIds, productId] });
    },
    Unmark({ productId }, { productIds }, context) {
      context.update({ productIds: productIds.filter((other) => other !== productId) });
    },
    List: (_command, state) => state,
    Clear(_command, _state, context) {
      context.delete();
    },
  },
});

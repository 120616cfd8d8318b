/** A name of the browser's that the types of the Connect clients use and those of Node leave out. */
type HeadersInit = NonNullable<RequestInit['headers']>;

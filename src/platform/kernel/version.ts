/** The version in package.json. A test compares the two. */
export const SERVER_VERSION = '0.1.0';

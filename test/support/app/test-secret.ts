/** APP_SECRET of every application and server process of the tests. */
export const TEST_APP_SECRET = 'only for the tests, never anywhere else';

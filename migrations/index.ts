import { CreatePlatform1764000000000 } from './1764000000000-create-platform.js';
import { CreateAccounts1764000100000 } from './1764000100000-create-accounts.js';
import { CreateSessions1764000200000 } from './1764000200000-create-sessions.js';

/** In the order they are applied. A migration that has landed is never edited. */
export const migrations = [
  CreatePlatform1764000000000,
  CreateAccounts1764000100000,
  CreateSessions1764000200000,
];

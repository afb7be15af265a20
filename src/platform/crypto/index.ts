export { parseKeyId } from './jwt-key-id.js';
export { KeyRing, RootKey } from './key-ring.js';
export { KeyedHash } from './keyed-hash.js';
export { PasswordHasher } from './password-hasher.js';
export { type SealedRow, SecretRotation } from './secret-rotation.js';
export { SecretBox } from './secret-box.js';
export { Installation } from './persistence/installation.js';

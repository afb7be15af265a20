import type { Actor } from './actor.js';

/** For `@Requires`: only operators of the installation, in person or through a key of theirs. */
export const OPERATOR = 'operator';

/** Tells operators of the installation from others; implemented by the users module. */
export abstract class OperatorAuthorizer {
  /** Throws 403 `operator_required`. */
  abstract authorize(actor: Actor): Promise<void>;
}

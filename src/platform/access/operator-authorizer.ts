import type { Actor } from './actor.js';

/** Argument of `@Requires`: only operators of the installation, with a session or an API key. */
export const OPERATOR = 'operator';

/** Checks that an actor is an operator of the installation; implemented by the users module. */
export abstract class OperatorAuthorizer {
  /** Throws 403 `operator_required` for every other actor. */
  abstract authorize(actor: Actor): Promise<void>;
}

/** The names under which OpenAI's protocol limits the length of an answer. */
export type TokenParameter = 'max_tokens' | 'max_completion_tokens';

/** What an endpoint takes for a model, as far as it has said. */
export interface Capabilities {
  /** False: `stream_options` is not sent. */
  streamOptions: boolean;
  /** False: the instruction is sent as the beginning of the first user turn. */
  systemRole: boolean;
  /** Undefined: the usual name of the protocol. */
  tokenParameter: TokenParameter | undefined;
  /** The largest limit for an answer that the endpoint takes, in tokens; undefined when it has refused none. */
  maxAnswerTokens: number | undefined;
  /** The tokens that prompt and answer may have together; undefined when it has not said so. */
  contextTokens: number | undefined;
}

export const ALL_CAPABILITIES: Capabilities = {
  streamOptions: true,
  systemRole: true,
  tokenParameter: undefined,
  maxAnswerTokens: undefined,
  contextTokens: undefined,
};

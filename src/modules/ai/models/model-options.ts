/** A function of the client that a model may call. */
export interface Tool {
  name: string;
  description?: string | undefined;
  /** The JSON Schema of the arguments. Absent: the function has none. */
  parameters?: Readonly<Record<string, unknown>> | undefined;
  /** Whether the arguments must follow the schema exactly. */
  strict?: boolean | undefined;
}

/** A call of a tool by a model. `arguments` is JSON as the model wrote it, so it may be invalid. */
export interface ToolCall {
  id: string;
  name: string;
  arguments: string;
}

/** The next part of a tool call. Calls are numbered from 0; the first part of a call has its id and its name. */
export interface ToolCallDelta {
  index: number;
  id?: string;
  name?: string;
  arguments: string;
}

/** `required`: the model must call a tool. An object names the tool that it must call. */
export type ToolChoice = 'auto' | 'none' | 'required' | { name: string };

export type ResponseFormat =
  | { type: 'json_object' }
  | {
      type: 'json_schema';
      name: string;
      description?: string | undefined;
      schema: Readonly<Record<string, unknown>>;
      strict?: boolean | undefined;
    };

/** How a model should answer. A provider gets what its protocol has a field for; see {@link ModelFeature}. */
export interface ModelOptions {
  temperature?: number | undefined;
  topP?: number | undefined;
  presencePenalty?: number | undefined;
  frequencyPenalty?: number | undefined;
  seed?: number | undefined;
  stop?: readonly string[] | undefined;
  reasoningEffort?: string | undefined;
  tools?: readonly Tool[] | undefined;
  toolChoice?: ToolChoice | undefined;
  parallelToolCalls?: boolean | undefined;
  responseFormat?: ResponseFormat | undefined;
}

/** What changes the meaning of a request, so that a provider without it cannot answer. */
export type ModelFeature = 'tools' | 'required_tool' | 'json_object' | 'json_schema';

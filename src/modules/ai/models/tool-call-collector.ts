import { newId } from '@/platform/kernel/ids.js';
import { toStorableName, toText } from './json-fields.js';
import type { ToolCall, ToolCallDelta } from './model-options.js';

/** A tool call, or the next part of one, as a provider sends it. All fields are unchecked. */
export interface ToolCallPart {
  /** The number of the call in the answer, if the protocol has one. */
  index?: unknown;
  id?: unknown;
  name?: unknown;
  arguments: string;
}

/** A request can send back no more calls. */
const MAX_CALLS = 128;

interface CollectedCall {
  index: number;
  call: ToolCall;
  isAnnounced: boolean;
}

/**
 * Collects the tool calls of an answer. Providers differ: some number the parts, some repeat the id with every part, and
 * some have no ids at all. Each call gets a number, an id and a name, and is announced when its name is known.
 */
export class ToolCallCollector {
  private readonly collected: CollectedCall[] = [];
  private readonly byProviderIndex = new Map<unknown, CollectedCall>();
  private pending: ToolCallDelta[] = [];

  /** Returns false for a part of a call that is one too many. */
  append({ index, id, name, arguments: text }: ToolCallPart): boolean {
    const current = this.findOrAdd(index, toStorableName(id));
    if (!current) return false;
    const { call } = current;
    call.arguments += text;
    if (current.isAnnounced) {
      if (text !== '') this.pending.push({ index: current.index, arguments: text });
      return true;
    }
    call.name = toStorableName(name);
    if (call.name !== '') this.announce(current);
    return true;
  }

  /** Calls without a name are dropped. A call without arguments gets an empty object, which clients parse. */
  finish(): void {
    for (const { index, call, isAnnounced } of this.collected) {
      if (!isAnnounced || call.arguments !== '') continue;
      call.arguments = '{}';
      this.pending.push({ index, arguments: call.arguments });
    }
  }

  /** Returns and removes the parts that have arrived since the last call. */
  drain(): readonly ToolCallDelta[] {
    const { pending } = this;
    if (pending.length > 0) this.pending = [];
    return pending;
  }

  get calls(): readonly ToolCall[] {
    return this.collected.filter(({ isAnnounced }) => isAnnounced).map(({ call }) => call);
  }

  private findOrAdd(providerIndex: unknown, id: string): CollectedCall | undefined {
    const known =
      providerIndex === undefined || providerIndex === null
        ? this.findById(id)
        : this.byProviderIndex.get(providerIndex);
    // Some servers give all calls of an answer the number 0.
    if (known && (id === '' || known.call.id === id)) return known;
    if (this.collected.length === MAX_CALLS) return undefined;
    const call = { id: id || newToolCallId(), name: '', arguments: '' };
    const added = { index: this.collected.length, call, isAnnounced: false };
    this.collected.push(added);
    this.byProviderIndex.set(providerIndex, added);
    return added;
  }

  /** A part without a number and an id continues the last call. */
  private findById(id: string): CollectedCall | undefined {
    return id === '' ? this.collected.at(-1) : this.collected.find(({ call }) => call.id === id);
  }

  private announce(current: CollectedCall): void {
    const index = this.collected.filter(({ isAnnounced }) => isAnnounced).length;
    const { id, name, arguments: text } = current.call;
    Object.assign(current, { index, isAnnounced: true });
    this.pending.push({ index, id, name, arguments: text });
  }
}

/** Returns the arguments of a call as JSON; some protocols have them as an object. */
export function toArguments(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : toText(value);
}

/** Returns an id of at most 40 characters, which is the limit of OpenAI. */
export function newToolCallId(): string {
  return `call_${newId().replaceAll('-', '')}`;
}

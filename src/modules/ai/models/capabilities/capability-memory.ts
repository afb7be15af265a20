import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '@/platform/kernel/clock.js';
import { DAY, MINUTE } from '@/platform/kernel/durations.js';
import { ALL_CAPABILITIES, type Capabilities } from './capabilities.js';

/** The names of models come from clients, so the number of entries is limited. */
const MAX_ENTRIES = 1_000;
const LIFETIME = DAY;
/** An endpoint without a list of models is asked again sooner: a new version of its server may have one. */
const MODEL_LIST_LIFETIME = 10 * MINUTE;

/** What was learnt about one model of an endpoint; `modelList: false` is about the endpoint itself. */
export interface LearntCapabilities extends Partial<Capabilities> {
  modelList?: false;
}

export interface CapabilityEntry {
  /** The address of the endpoint, without secrets. */
  address: string;
  /** Null for what concerns all models. */
  model: string | null;
  learnt: LearntCapabilities;
  expiresAt: Date;
}

/**
 * Remembers what each endpoint refused, per model, for one day. Each process has its own memory. Callers record a
 * refusal only after the request without the refused part was answered, so one account cannot change the requests of
 * others by a prompt that the provider refuses.
 */
@Injectable()
export class CapabilityMemory {
  private readonly entries = new LRUCache<string, CapabilityEntry>({ max: MAX_ENTRIES });

  constructor(private readonly clock: Clock) {}

  recall(address: string, model: string): Capabilities {
    const learnt = this.find(address, model)?.learnt;
    return learnt ? { ...ALL_CAPABILITIES, ...learnt } : ALL_CAPABILITIES;
  }

  learn(address: string, model: string, learnt: LearntCapabilities): void {
    if (Object.keys(learnt).length > 0) this.store(address, model, learnt, LIFETIME);
  }

  /** Returns false when the endpoint has refused to list its models. */
  hasModelList(address: string): boolean {
    return this.find(address, null)?.learnt.modelList !== false;
  }

  learnMissingModelList(address: string): void {
    this.store(address, null, { modelList: false }, MODEL_LIST_LIFETIME);
  }

  /** Returns everything that is remembered now, for operators. */
  list(): CapabilityEntry[] {
    const now = this.clock.millis();
    return [...this.entries.values()].filter(({ expiresAt }) => expiresAt.getTime() > now);
  }

  private find(address: string, model: string | null): CapabilityEntry | undefined {
    const entry = this.entries.get(toKey(address, model));
    return entry && entry.expiresAt.getTime() > this.clock.millis() ? entry : undefined;
  }

  private store(address: string, model: string | null, learnt: LearntCapabilities, lifetime: number): void {
    const known = this.find(address, model)?.learnt;
    const entry = { address, model, learnt: { ...known, ...learnt }, expiresAt: this.clock.after(lifetime) };
    this.entries.set(toKey(address, model), entry);
  }
}

function toKey(address: string, model: string | null): string {
  return JSON.stringify([address, model]);
}

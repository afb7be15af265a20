import { Injectable } from '@nestjs/common';
import { Config } from '@/platform/config/index.js';

/** The plan of organizations without another one, and of users without an organization. */
export const DEFAULT_PLAN = 'free';

/** The configured plans, and the time of live sessions that each grants in a month. */
@Injectable()
export class LivePlans {
  private readonly secondsByPlan: ReadonlyMap<string, number | null>;
  /** JSON object of the milliseconds by plan, for statements; null: unlimited. */
  readonly limitsJson: string;

  constructor({ live }: Config) {
    this.secondsByPlan = new Map(Object.entries(live.plans));
    const limits = [...this.secondsByPlan].map(([plan, seconds]) => [plan, seconds && seconds * 1000]);
    this.limitsJson = JSON.stringify(Object.fromEntries(limits));
  }

  get names(): string[] {
    return [...this.secondsByPlan.keys()];
  }

  isPlan(name: string): boolean {
    return this.secondsByPlan.has(name);
  }

  /** Returns the seconds of a month, or null for an unlimited plan. */
  secondsOf(plan: string): number | null {
    return this.secondsByPlan.get(plan) ?? null;
  }
}

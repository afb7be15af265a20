import { Injectable } from '@nestjs/common';
import type { Actor } from '@/platform/access/index.js';
import { invalidField } from '@/platform/errors/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { DAY } from '@/platform/kernel/durations.js';
import { Entropy } from '@/platform/kernel/entropy.js';
import { newId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { xelErrors } from '../xel.errors.js';
import { estimateAbility, toCefr, toCefrInterval } from './ability.js';
import { XelPlacementResponse, XelPlacementResult, type XelPlacementRequest } from './dto/placement.dto.js';
import { ItemBank, type PlacementItem } from './item-bank.js';
import { isFinished, selectItem, START_ABILITY } from './item-selection.js';
import type { PlacementAnswer } from './persistence/placement-answer.entity.js';
import type { Placement } from './persistence/placement.entity.js';
import { PlacementRepository, type PlacementStep } from './persistence/placement.repository.js';

const RETAKE_SECONDS = 7 * DAY;

/** An adaptive test of the level of a learner. Each answer decides which item comes next. */
@Injectable()
export class PlacementService {
  constructor(
    private readonly placements: PlacementRepository,
    private readonly bank: ItemBank,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly entropy: Entropy,
  ) {}

  async get({ userId }: Actor): Promise<XelPlacementResponse> {
    return this.present(await this.placements.findLatest(userId));
  }

  /** Returns the result of the last finished test. */
  async findResult(userId: string): Promise<XelPlacementResult | null> {
    const placement = await this.placements.findLatestResult(userId);
    return placement ? XelPlacementResult.from(placement) : null;
  }

  async post({ userId }: Actor, request: XelPlacementRequest): Promise<XelPlacementResponse> {
    const { placement_id, item_id, response } = request;
    const given = [placement_id, item_id, response].filter((value) => value !== undefined).length;
    if (given === 0) return this.startOrResume(userId);
    if (placement_id === undefined)
      throw invalidField('placement_id', 'required', 'is required with an answer');
    if (item_id === undefined) throw invalidField('item_id', 'required', 'is required with an answer');
    if (response === undefined) throw invalidField('response', 'required', 'is required with an answer');
    return this.answer(userId, placement_id.toLowerCase(), item_id, response);
  }

  private async startOrResume(userId: string): Promise<XelPlacementResponse> {
    const latest = await this.placements.findLatest(userId);
    if (latest && !latest.finished_at) return this.present(await this.resume(latest));
    const retakeAt = toRetakeAt(latest);
    if (retakeAt && retakeAt > this.clock.now())
      throw xelErrors.placement_too_soon({ data: { retake_at: retakeAt.toISOString() } });
    const estimate = estimateAbility([]);
    const itemId = this.select(START_ABILITY, this.bank.items).id;
    await this.placements.start({ id: newId(), userId, itemId }, estimate, this.clock.now());
    return this.present(await this.placements.findLatest(userId));
  }

  /** Replaces the current item when a new version of the server does not have it any more. */
  private async resume(placement: Placement): Promise<Placement | undefined> {
    if (placement.current_item_id !== null && this.bank.find(placement.current_item_id)) return placement;
    const left = this.listLeft(await this.placements.listAnswers(placement.id));
    const replaced = await this.placements.replaceItem(placement, this.select(placement.ability, left).id);
    return replaced ?? this.placements.find(placement.user_id, placement.id);
  }

  private async answer(
    userId: string,
    placementId: string,
    itemId: string,
    response: string,
  ): Promise<XelPlacementResponse> {
    const placement = await this.placements.find(userId, placementId);
    if (!placement) throw xelErrors.placement_not_found();
    const item = this.bank.find(itemId);
    if (!item || placement.current_item_id !== itemId) throw xelErrors.placement_item_not_current();
    const moved = await this.unitOfWork.run(() => this.recordAnswer(placement, item, response));
    if (!moved) throw xelErrors.placement_item_not_current();
    return this.present(moved);
  }

  private async recordAnswer(
    placement: Placement,
    item: PlacementItem,
    response: string,
  ): Promise<Placement | undefined> {
    const now = this.clock.now();
    const answer = {
      placement_id: placement.id,
      position: placement.answered + 1,
      item_id: item.id,
      item_version: item.version,
      response,
      correct: response.trim().toLowerCase() === item.answerId,
      answered_at: now,
    };
    const answers = [...(await this.placements.listAnswers(placement.id)), answer];
    const moved = await this.placements.moveOn(placement, this.decideStep(answers), now);
    if (moved) await this.placements.insertAnswer(answer);
    return moved;
  }

  private decideStep(answers: readonly PlacementAnswer[]): PlacementStep {
    const judged = answers.flatMap(({ item_id, correct }) => {
      const item = this.bank.find(item_id);
      return item ? [{ difficulty: item.difficulty, correct }] : [];
    });
    const estimate = estimateAbility(judged);
    const left = this.listLeft(answers);
    if (!isFinished(answers.length, estimate, left.length))
      return { ...estimate, nextItemId: this.select(estimate.ability, left).id, result: null };
    const [low, high] = toCefrInterval(estimate);
    return { ...estimate, nextItemId: null, result: { cefr: toCefr(estimate.ability), low, high } };
  }

  private listLeft(answers: readonly PlacementAnswer[]): PlacementItem[] {
    const used = new Set(answers.map(({ item_id }) => item_id));
    return this.bank.items.filter(({ id }) => !used.has(id));
  }

  private select(ability: number, items: readonly PlacementItem[]): PlacementItem {
    const item = selectItem(ability, items, this.entropy);
    if (!item) throw new Error('The placement test has no items left.');
    return item;
  }

  private present(placement: Placement | undefined): XelPlacementResponse {
    return XelPlacementResponse.from(placement, this.bank, toRetakeAt(placement));
  }
}

function toRetakeAt(placement: Placement | undefined): Date | null {
  return placement?.finished_at ? new Date(placement.finished_at.getTime() + RETAKE_SECONDS * 1000) : null;
}

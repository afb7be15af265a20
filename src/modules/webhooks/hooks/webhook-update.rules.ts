import { changedFields } from '@/platform/kernel/changed-fields.js';
import type { UpdateWebhookRequest } from './dto/webhook.requests.js';
import type { Webhook } from './persistence/webhook.entity.js';

/** Returns the webhook after an update, and the names of the fields that change. */
export function applyUpdate(
  current: Webhook,
  { url, events, description, enabled }: UpdateWebhookRequest,
  now: Date,
): { webhook: Webhook; fields: string[] } {
  const changes = changedFields(current, { url, events, description, enabled });
  const fields = Object.keys(changes);
  if (fields.length === 0) return { webhook: current, fields };
  const isEnabled = enabled ?? current.enabled;
  const disabled_reason = isEnabled ? null : (current.disabled_reason ?? 'requested');
  return { webhook: { ...current, ...changes, disabled_reason, updated_at: now }, fields };
}

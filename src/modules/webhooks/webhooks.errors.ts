import { defineErrors } from '@/platform/errors/index.js';

export const webhookErrors = defineErrors({
  webhook_not_found: { kind: 'not_found', message: 'Webhook not found.' },
  webhook_delivery_not_found: { kind: 'not_found', message: 'Delivery not found.' },
  webhook_limit_reached: {
    kind: 'conflict',
    message: 'The organization has the maximum number of webhooks.',
    facts: { max_webhooks: 20 },
  },
  webhook_disabled: { kind: 'conflict', message: 'The webhook is switched off. Switch it on first.' },
  webhook_delivery_pending: { kind: 'conflict', message: 'This delivery is still pending.' },
});

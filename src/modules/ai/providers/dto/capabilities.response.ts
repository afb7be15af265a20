import type { CapabilityEntry } from '@/modules/ai/models/capabilities/capability-memory.js';
import { ApiSchema, ResponseField, ResponseListField } from '@/platform/openapi/index.js';

@ApiSchema({ name: 'LearntCapability' })
export class LearntCapabilityResponse {
  @ResponseField('string', 'https://llm.example.com/v1', { description: 'The address, without keys.' })
  endpoint!: string;

  @ResponseField('string', 'gpt-5-mini', { nullable: true, description: 'Null: all models of the endpoint.' })
  model!: string | null;

  @ResponseField('string', 'max_answer_tokens', {
    enum: [
      'stream_options',
      'system_role',
      'token_parameter',
      'max_answer_tokens',
      'context_tokens',
      'model_list',
    ],
  })
  capability!: string;

  @ResponseField('string', '4096', { description: '`refused`, or the value that the endpoint takes.' })
  value!: string;

  @ResponseField('string', '2026-11-28T10:00:00.000Z', {
    format: 'date-time',
    description: 'When it is tried again.',
  })
  forgotten_at!: string;
}

@ApiSchema({ name: 'LearntCapabilities' })
export class LearntCapabilitiesResponse {
  @ResponseListField(() => LearntCapabilityResponse)
  capabilities!: LearntCapabilityResponse[];

  static from(entries: readonly CapabilityEntry[]): LearntCapabilitiesResponse {
    return { capabilities: entries.flatMap(toResponses) };
  }
}

function toResponses({ address, model, learnt, expiresAt }: CapabilityEntry): LearntCapabilityResponse[] {
  const values = {
    stream_options: learnt.streamOptions,
    system_role: learnt.systemRole,
    token_parameter: learnt.tokenParameter,
    max_answer_tokens: learnt.maxAnswerTokens,
    context_tokens: learnt.contextTokens,
    model_list: learnt.modelList,
  };
  const forgotten_at = expiresAt.toISOString();
  return Object.entries(values).flatMap(([capability, value]) => {
    if (value === undefined) return [];
    return [
      {
        endpoint: address,
        model,
        capability,
        value: value === false ? 'refused' : String(value),
        forgotten_at,
      },
    ];
  });
}

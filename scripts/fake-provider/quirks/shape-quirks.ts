import type { Quirk } from '../provider-quirks.js';
import type { ScriptedAnswer } from '../scripted-answer.js';
import { TEXT } from './quirk-text.js';

const COUNTS = { usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 } };

/** Returns a stream with an event for each token, and `last` after them. */
function streamOf(last: string): ScriptedAnswer {
  const events = TEXT.map((content) => {
    const choice = { index: 0, delta: { role: 'assistant', content }, finish_reason: null };
    return `data: ${JSON.stringify({ choices: [choice] })}\n\n`;
  });
  return { raw: events.join('') + last, contentType: 'text/event-stream' };
}

/** Returns a quirk of streams of the OpenAI protocol. */
function openaiStream(answer: ScriptedAnswer): Quirk {
  return ({ kind, streaming }) => (kind === 'openai' && streaming ? answer : undefined);
}

function openaiRefusal(status: number, body: object): Quirk {
  return ({ kind }) => (kind === 'openai' ? { status, body: JSON.stringify(body) } : undefined);
}

const FINISH = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] };

/** Shapes of bodies and events that the witnesses in `scripts/witnesses` sent. */
export const SHAPE_QUIRKS: Readonly<Record<string, Quirk>> = {
  // aimock
  'surrogate pair cut between events': () => ({ text: ['Hello \ud83e', '\udda6'] }),
  // inference-server
  'usage with the finish reason, and [DONE] without a line end': openaiStream(
    streamOf(`data: ${JSON.stringify({ ...FINISH, ...COUNTS })}\n\ndata: [DONE]`),
  ),
  '[DONE] without a finish reason and a line end': openaiStream(streamOf('data: [DONE]')),
  'JSON on several lines': ({ kind, streaming }) => {
    if (kind !== 'openai' || streaming) return undefined;
    const message = { role: 'assistant', content: TEXT.join(''), refusal: null };
    const choice = { index: 0, message, logprobs: null, finish_reason: 'stop' };
    return { raw: JSON.stringify({ choices: [choice], ...COUNTS }, null, 2) };
  },
  'an unknown model as 400 with a text': openaiRefusal(400, { error: 'Model does not exist' }),
  // mock-llm
  'text and finish reason in one event, without usage': openaiStream({
    raw: `data: ${JSON.stringify({
      choices: [{ index: 0, delta: { content: TEXT.join(''), role: 'assistant' }, finish_reason: 'stop' }],
    })}\n\ndata: [DONE]\n\n`,
    contentType: 'text/event-stream',
  }),
  'choice without an index': ({ kind, streaming }) => {
    if (kind !== 'openai' || streaming) return undefined;
    const message = { role: 'assistant', content: TEXT.join('') };
    return { raw: JSON.stringify({ choices: [{ message, finish_reason: 'stop' }] }) };
  },
  // Portkey gateway
  'an unknown model behind a gateway': openaiRefusal(404, {
    error: { message: 'openai error: No fixture matched', param: null, code: 'no_fixture_match' },
    provider: 'openai',
  }),
  'a gateway whose stream fails': openaiRefusal(500, { status: 'failure', message: 'Something went wrong' }),
  'a gateway that lost the provider': openaiRefusal(500, {
    'html-message': 'Message: fetch failed Cause: SocketError: other side closed Name: TypeError',
  }),
};

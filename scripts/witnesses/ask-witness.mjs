// Asks a witness over plain HTTP, and describes the shape of what it sends.
const REQUESTS = {
  openai: ({ model, question, stream }) => ({
    path: '/chat/completions',
    body: {
      model,
      stream,
      ...(stream && { stream_options: { include_usage: true } }),
      messages: [{ role: 'user', content: question }],
    },
  }),
  anthropic: ({ model, question, stream }) => ({
    path: '/v1/messages',
    body: { model, stream, max_tokens: 100, messages: [{ role: 'user', content: question }] },
  }),
  google: ({ model, question, stream }) => ({
    path: `/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    body: { contents: [{ role: 'user', parts: [{ text: question }] }] },
  }),
  ollama: ({ model, question, stream }) => ({
    path: '/api/chat',
    body: { model, stream, messages: [{ role: 'user', content: question }] },
  }),
};

const MODEL_PATHS = { openai: '/models', anthropic: '/v1/models', google: '/models', ollama: '/api/tags' };
/** Fields whose value belongs to the shape. */
const SHOWN =
  /^(finish_reason|finishReason|stop_reason|done_reason|done|type|code|error|message|status|object)$/;

/** Returns the status and the shapes of a whole or streamed answer. */
export async function askWitness({ protocol, url, model }, { question, stream }) {
  const { path, body } = REQUESTS[protocol]({ model, question, stream });
  const headers = { 'content-type': 'application/json', authorization: 'Bearer witness' };
  return describe(fetch(`${url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) }));
}

export async function listModels({ protocol, url }) {
  return describe(fetch(`${url}${MODEL_PATHS[protocol]}`, { headers: { authorization: 'Bearer witness' } }));
}

async function describe(responding) {
  let head = 'connection lost';
  let text = '';
  try {
    const response = await responding;
    head = `${response.status} ${response.headers.get('content-type')}`;
    const decoder = new TextDecoder();
    for await (const bytes of response.body) text += decoder.decode(bytes, { stream: true });
    return { ok: response.ok, head, shapes: listShapes(text) };
  } catch {
    const lost = text === '' ? head : `${head}, connection lost`;
    return { ok: false, head: lost, shapes: listShapes(text) };
  }
}

/** Splits a body into JSON values or lines, and joins equal neighbours. */
function listShapes(text) {
  const pieces = isJson(text) ? [text] : text.split(/(?<=\n)/);
  const shapes = [];
  for (const piece of pieces.filter((one) => one.trim() !== '')) {
    const shape = describePiece(piece);
    const last = shapes.at(-1);
    if (last?.shape === shape) last.count += 1;
    else shapes.push({ shape, count: 1 });
  }
  const ending =
    text === '' || text.endsWith('\n\n') || isJson(text)
      ? []
      : [`(ends with ${JSON.stringify(text.slice(-1))})`];
  return [...shapes.map(({ shape, count }) => (count === 1 ? shape : `${count} x ${shape}`)), ...ending];
}

function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function describePiece(piece) {
  const [, field, data] = /^(data: ?)?(.*)$/s.exec(piece.trimEnd());
  if (!isJson(data)) return piece.trim().slice(0, 80);
  return `${field ?? ''}${toShape(JSON.parse(data))}`;
}

/** The keys of a value, and the values that say how an answer ended. */
function toShape(value) {
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[${toShape(value[0])}]`;
  if (typeof value !== 'object' || value === null) return '';
  const entries = Object.entries(value).map(([key, inner]) => {
    if (typeof inner === 'object' && inner !== null) return `${key}: ${toShape(inner)}`;
    return SHOWN.test(key) ? `${key}: ${JSON.stringify(inner)}` : key;
  });
  return `{${entries.join(', ')}}`;
}

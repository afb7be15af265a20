// Writes a language model with random weights as a GGUF file: the architecture of Llama, one layer, 700 kB. It answers with
// words of a small vocabulary in no order, always the same for the same question.
import { writeFileSync } from 'node:fs';

const EMBEDDING = 64;
const FEED_FORWARD = 128;
const CONTEXT = 2048;
const SYLLABLES = ['ka', 'lo', 'mi', 'ru', 'te', 'so', 'na', 'vi', 'pe', 'du'];
const WORDS = SYLLABLES.flatMap((one) => SYLLABLES.map((other) => ` ${one}${other}`));

/** The types of values and arrays in the head of a GGUF file. */
const TYPE = { uint32: 4, int32: 5, float32: 6, string: 8, array: 9 };

/** The letters that the byte-level vocabulary of GPT-2 uses for the 256 bytes. */
function listByteLetters() {
  const isPrintable = (byte) => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) =>
    String.fromCodePoint(isPrintable(byte) && byte < 256 ? byte : next++),
  );
}

/** The vocabulary: the bytes, the words with the merges that build them, and the control tokens. */
function buildVocabulary() {
  const letters = listByteLetters();
  const tokens = [...letters];
  const merges = [];
  for (const word of WORDS) {
    const spelled = [...Buffer.from(word)].map((byte) => letters[byte]);
    let built = spelled[0];
    for (const letter of spelled.slice(1)) {
      if (!tokens.includes(built + letter)) {
        merges.push(`${built} ${letter}`);
        tokens.push(built + letter);
      }
      built += letter;
    }
  }
  const normal = tokens.length;
  return { tokens: [...tokens, '<|start|>', '<|end|>'], merges, normal };
}

/** Returns the same pseudo-random numbers between -1 and 1 each time (mulberry32). */
function createNoise() {
  let state = 20_261_127;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1;
  };
}

const uint32 = (value) => Buffer.from(Uint32Array.of(value).buffer);
const uint64 = (value) => Buffer.from(BigUint64Array.of(BigInt(value)).buffer);
const string = (text) => Buffer.concat([uint64(Buffer.byteLength(text)), Buffer.from(text)]);
const scalar = {
  uint32,
  int32: uint32,
  float32: (value) => Buffer.from(Float32Array.of(value).buffer),
  string,
};

function entry(key, kind, value) {
  if (!Array.isArray(value)) return Buffer.concat([string(key), uint32(TYPE[kind]), scalar[kind](value)]);
  const head = [string(key), uint32(TYPE.array), uint32(TYPE[kind]), uint64(value.length)];
  return Buffer.concat([...head, ...value.map(scalar[kind])]);
}

/** Describes the model and its tokenizer. */
function listEntries({ tokens, merges, normal }) {
  const template =
    "{% for message in messages %}{{ message['role'] + ': ' + message['content'] + '\n' }}{% endfor %}";
  return [
    entry('general.architecture', 'string', 'llama'),
    entry('general.name', 'string', 'tiny-random'),
    entry('general.file_type', 'uint32', 0),
    entry('llama.context_length', 'uint32', CONTEXT),
    entry('llama.embedding_length', 'uint32', EMBEDDING),
    entry('llama.block_count', 'uint32', 1),
    entry('llama.feed_forward_length', 'uint32', FEED_FORWARD),
    entry('llama.attention.head_count', 'uint32', 4),
    entry('llama.attention.head_count_kv', 'uint32', 4),
    entry('llama.rope.dimension_count', 'uint32', EMBEDDING / 4),
    entry('llama.attention.layer_norm_rms_epsilon', 'float32', 1e-5),
    entry('llama.vocab_size', 'uint32', tokens.length),
    entry('tokenizer.ggml.model', 'string', 'gpt2'),
    entry('tokenizer.ggml.pre', 'string', 'gpt-2'),
    entry('tokenizer.ggml.tokens', 'string', tokens),
    entry(
      'tokenizer.ggml.token_type',
      'int32',
      tokens.map((_, id) => (id < normal ? 1 : 3)),
    ),
    entry('tokenizer.ggml.merges', 'string', merges),
    entry('tokenizer.ggml.bos_token_id', 'uint32', normal),
    entry('tokenizer.ggml.eos_token_id', 'uint32', normal + 1),
    entry('tokenizer.chat_template', 'string', template),
  ];
}

/** Names the weights with their dimensions and what scales a row. */
function listTensors({ tokens, normal }) {
  const square = [EMBEDDING, EMBEDDING];
  const layer = {
    'attn_norm.weight': [EMBEDDING],
    'attn_q.weight': square,
    'attn_k.weight': square,
    'attn_v.weight': square,
    'attn_output.weight': square,
    'ffn_norm.weight': [EMBEDDING],
    'ffn_gate.weight': [EMBEDDING, FEED_FORWARD],
    'ffn_up.weight': [EMBEDDING, FEED_FORWARD],
    'ffn_down.weight': [FEED_FORWARD, EMBEDDING],
  };
  /** Words are likely, and the end sometimes, so that answers are text and end. */
  const end = normal + 1;
  const scaleOutput = (id) => (id === end ? 0.8 : tokens[id].length === 5 ? 1 : 0.01);
  return [
    { name: 'token_embd.weight', shape: [EMBEDDING, tokens.length] },
    { name: 'output_norm.weight', shape: [EMBEDDING] },
    { name: 'output.weight', shape: [EMBEDDING, tokens.length], scale: scaleOutput },
    ...Object.entries(layer).map(([name, shape]) => ({ name: `blk.0.${name}`, shape })),
  ];
}

/** Weights of a norm are 1, all others are noise. */
function fillTensor({ shape: [width, rows], scale = () => 1 }, noise) {
  if (rows === undefined) return Buffer.from(new Float32Array(width).fill(1).buffer);
  const weights = Float32Array.from(
    { length: width * rows },
    (_, index) => noise() * scale(Math.floor(index / width)),
  );
  return Buffer.from(weights.buffer);
}

/** Writes the model to `path`. */
export function writeTinyModel(path) {
  const vocabulary = buildVocabulary();
  const entries = listEntries(vocabulary);
  const noise = createNoise();
  const tensors = listTensors(vocabulary).map((tensor) => ({ ...tensor, data: fillTensor(tensor, noise) }));
  let offset = 0;
  const heads = tensors.map(({ name, shape, data }) => {
    const head = [string(name), uint32(shape.length), ...shape.map(uint64), uint32(0), uint64(offset)];
    offset += data.length;
    return Buffer.concat(head);
  });
  const head = Buffer.concat([
    Buffer.from('GGUF'),
    uint32(3),
    uint64(tensors.length),
    uint64(entries.length),
    ...entries,
    ...heads,
  ]);
  const padding = Buffer.alloc((32 - (head.length % 32)) % 32);
  writeFileSync(path, Buffer.concat([head, padding, ...tensors.map(({ data }) => data)]));
}

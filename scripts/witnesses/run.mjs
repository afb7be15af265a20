// Runs real servers and gateways as providers of this server, on loopback, and prints what they send and what this server
// answers. Installs public packages, so it needs the network; CI does not run it.
//   npm run witnesses -- [--shapes]
// `--shapes` prints the shape of each body and event. Exits with 1 if an answer of this server is neither complete nor an
// honest error.
import { ROOT, buildIn, openPostgres, start } from '../bench/servers.mjs';
import { askServer, listServerModels, signUp } from './ask-server.mjs';
import { askWitness, listModels } from './ask-witness.mjs';
import { BROKEN_QUESTION, QUESTION, startWitnesses } from './witnesses.mjs';

const UNKNOWN = 'no-such-model';
const say = (text) => process.stdout.write(`${text}\n`);

/** The variables of a provider. A second one of OpenAI-compatible witnesses reads its list of models. */
const VARIABLES = {
  openai: ({ id, url, model }) => {
    const prefix = `OPENAI_COMPATIBLE_${id.toUpperCase()}`;
    return {
      [`${prefix}_BASE_URL`]: url,
      [`${prefix}_MODELS`]: `${model},${UNKNOWN}`,
      [`${prefix}LIST_BASE_URL`]: url,
    };
  },
  anthropic: ({ url, model }) => ({
    ANTHROPIC_API_KEY: 'witness',
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_MODELS: `${model},${UNKNOWN}`,
  }),
  google: ({ url, model }) => ({
    GOOGLE_GENERATIVE_AI_API_KEY: 'witness',
    GOOGLE_GENERATIVE_AI_BASE_URL: url,
    GOOGLE_GENERATIVE_AI_MODELS: `${model},${UNKNOWN}`,
  }),
  ollama: ({ url, model }) => ({ OLLAMA_BASE_URL: url, OLLAMA_MODELS: `${model},${UNKNOWN}` }),
};

/** What a witness is asked. */
function listQuestions({ model, canBreak }) {
  const forms = [
    { form: 'whole', stream: false },
    { form: 'streamed', stream: true },
  ];
  return forms.flatMap(({ form, stream }) => [
    { name: form, model, question: QUESTION, stream, mustAnswer: true },
    { name: `unknown model, ${form}`, model: UNKNOWN, question: QUESTION, stream },
    ...(canBreak && stream ? [{ name: 'connection lost', model, question: BROKEN_QUESTION, stream }] : []),
  ]);
}

function describeResult({ answer, error, streamed }) {
  if (answer) {
    const { content, finish_reason: finish, usage } = answer;
    const counts = usage ? `${usage.input_tokens}+${usage.output_tokens} tokens` : 'no usage';
    return `${finish}, ${content.length} letters, ${counts}`;
  }
  if (!error) return `no end after ${JSON.stringify(streamed)}`;
  const after = streamed ? ` after ${JSON.stringify(streamed)}` : '';
  return `${error.status} ${error.code}${after}: ${error.message}`;
}

/** Returns what is wrong with a result; undefined when it is a complete answer or an honest error. */
function findFault({ answer, error, streamed }, direct, { expected, stream, mustAnswer }) {
  if (!answer && !error) return 'neither an answer nor an error';
  if (error) {
    if (mustAnswer && direct.ok) return 'an error, although the witness answers';
    return error.code && error.status !== 500 ? undefined : 'no honest error';
  }
  if (!direct.ok) return 'an answer, although the witness fails';
  if (answer.content.trim() === '') return 'an empty answer';
  if (stream && streamed !== answer.content) return 'the deltas are not the answer';
  return expected === undefined || answer.content === expected ? undefined : 'another text';
}

/** Asks one witness everything; returns the number of faults. */
async function testWitness(server, witness, showShapes) {
  say(`\n${witness.name}`);
  let faults = 0;
  for (const question of listQuestions(witness)) {
    const direct = await askWitness({ ...witness, model: question.model }, question);
    const result = await askServer(server, { provider: witness.id, ...question });
    const fault = findFault(result, direct, { ...question, expected: witness.answer });
    if (fault) faults += 1;
    say(`  ${question.name}: ${direct.head} -> ${describeResult(result)}${fault ? ` FAULT: ${fault}` : ''}`);
    if (showShapes) for (const shape of direct.shapes) say(`      ${shape}`);
  }
  const direct = await listModels(witness);
  const listing = witness.protocol === 'openai' ? `${witness.id}list` : witness.id;
  const { models, reason } = await listServerModels(server, listing);
  const shown = models.length > 0 ? models.slice(0, 3).join(', ') : reason;
  say(`  models: ${direct.head} -> ${shown}`);
  if (showShapes) for (const shape of direct.shapes) say(`      ${shape}`);
  return faults;
}

async function main() {
  const postgres = await openPostgres();
  const { witnesses, stop } = await startWitnesses();
  let server;
  let faults = 0;
  try {
    const side = buildIn(ROOT, await postgres.createDatabase());
    const variables = Object.assign({}, ...witnesses.map((witness) => VARIABLES[witness.protocol](witness)));
    server = await start({
      ...side,
      env: { ...side.env, ...variables, AI_PROVIDER_TIMEOUT_MS: '30000', LOG_LEVEL: 'silent' },
    });
    const asked = { url: server.url, token: await signUp(server.url) };
    for (const witness of witnesses)
      faults += await testWitness(asked, witness, process.argv.includes('--shapes'));
  } finally {
    await server?.stop();
    await stop();
    await postgres.close();
  }
  say(`\n${witnesses.length} witnesses, ${faults} faults`);
  process.exitCode = faults === 0 ? 0 : 1;
}

await main();

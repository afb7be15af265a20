// Measures the strength of passwords in a worker thread: zxcvbn takes tens of milliseconds and its dictionaries tens
// of megabytes.
import { parentPort } from 'node:worker_threads';
import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary as common } from '@zxcvbn-ts/language-common';
import { dictionary as english, translations } from '@zxcvbn-ts/language-en';

const zxcvbn = new ZxcvbnFactory({
  dictionary: { ...common, ...english },
  graphs: adjacencyGraphs,
  translations,
});

parentPort?.on('message', ({ password, hints }) => {
  parentPort?.postMessage('started'); // the time limit of a password does not include the loading of the dictionaries
  const { score, feedback } = zxcvbn.check(password, hints);
  parentPort?.postMessage({ score, reason: feedback.warning || feedback.suggestions[0] || null });
});

/**
 * Sentences that address a language model instead of a reader. Documents are data: such a sentence is not shown to the model
 * and supports no answer. A sentence about instructions that matches by mistake can still be found and read.
 */
const INSTRUCTION_PATTERNS = [
  /\b(?:ignore|disregard|forget|override|bypass)\b[^.!?\n]{0,80}\b(?:instructions?|prompts?|guidelines|context)\b/iu,
  /\b(?:ignorier\w*|vergiss|missachte)\b[^.!?\n]{0,80}\b(?:anweisung\w*|instruktion\w*|vorgaben)\b/iu,
  /\b(?:ignora|ignore|olvida|olvide)\b[^.!?\n]{0,80}\binstrucciones\b/iu,
  /\b(?:ignore|ignorez|oublie|oubliez)\b[^.!?\n]{0,80}\b(?:instructions|consignes)\b/iu,
  /\b(?:system|developer) (?:prompt|message|instructions?)\b/iu,
  /\b(?:as|you are)(?: now)? an? (?:ai|chatbot|assistant|language model)\b/iu,
  /\b(?:respond|reply|output)\s+(?:only|exactly|solely)\s+with\b/iu,
  /^\s*(?:system|assistant|developer)\s*:/iu,
  /<\|[a-z_]+\|>/iu,
];

export function isInstructionToModel(sentence: string): boolean {
  return INSTRUCTION_PATTERNS.some((pattern) => pattern.test(sentence));
}

import { Injectable } from '@nestjs/common';
import { KeyedHash, SecretBox } from '@/platform/crypto/index.js';
import { Entropy } from '@/platform/kernel/entropy.js';

const COMPLETION_PURPOSE = 'integration-completion';
const CODE_PURPOSE = 'integration-code';

interface ParkedCode {
  code: string;
  verifier: string;
}

/** Creates, hashes and encrypts what a completion consists of. */
@Injectable()
export class CompletionSecrets {
  constructor(
    private readonly hashes: KeyedHash,
    private readonly box: SecretBox,
    private readonly entropy: Entropy,
  ) {}

  createCompletion(): string {
    return this.entropy.token();
  }

  hash(completion: string): Buffer {
    return this.hashes.currentHash(COMPLETION_PURPOSE, completion);
  }

  allHashes(completion: string): Buffer[] {
    return this.hashes.allHashes(COMPLETION_PURPOSE, completion);
  }

  seal(id: string, code: ParkedCode): Buffer {
    return this.box.seal(CODE_PURPOSE, JSON.stringify(code), id);
  }

  open(id: string, sealed: Buffer): ParkedCode {
    return JSON.parse(this.box.open(CODE_PURPOSE, sealed, id)) as ParkedCode;
  }
}

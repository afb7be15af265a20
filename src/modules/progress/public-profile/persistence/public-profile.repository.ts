import { Injectable } from '@nestjs/common';
import { LearnerState } from '@/modules/progress/ledger/persistence/learner-state.entity.js';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';

export interface PublicAccount {
  id: string;
  username: string;
  nickname: string | null;
  avatar_url: string | null;
  created_at: Date;
}

const FIND = {
  name: 'public_profiles.find',
  text: `SELECT id, username, nickname, avatar_url, created_at FROM users
         WHERE username = $1 AND public_profile AND is_active`,
};

/** Reads accounts whose profile is public. */
@Injectable()
export class PublicProfileRepository extends RepositoryBase<LearnerState> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, LearnerState);
  }

  find(username: string): Promise<PublicAccount | undefined> {
    return this.one<PublicAccount>(FIND, [username]);
  }
}

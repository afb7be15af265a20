import fc from 'fast-check';
import { ModelUsageResponse, TokenLimitResponse } from './usage.dto.js';

describe('TokenLimitResponse', () => {
  const limit = { kind: 'user' as const, subject: 'id', limit: 100 };

  it('has the remaining tokens after usage and reservations', () => {
    expect(TokenLimitResponse.from(limit, { used: 30, reserved: 20 })).toEqual({
      subject: 'user',
      id: 'id',
      limit_tokens: 100,
      used_tokens: 30,
      reserved_tokens: 20,
      remaining_tokens: 50,
    });
  });

  it('never has a negative remainder', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (used, reserved) => {
        const { remaining_tokens } = TokenLimitResponse.from(limit, { used, reserved });
        expect(remaining_tokens).toBe(Math.max(0, 100 - used - reserved));
      }),
    );
  });
});

describe('ModelUsageResponse', () => {
  it('adds up input and output', () => {
    const row = { provider: 'p', model: 'm', requests: 2, input_tokens: 3, output_tokens: 4 };
    expect(ModelUsageResponse.from(row)).toEqual({ ...row, total_tokens: 7 });
  });

  it('has no other column of the row', () => {
    const row = { provider: 'p', model: 'm', requests: 0, input_tokens: 0, output_tokens: 0, user_id: 'u' };
    expect(ModelUsageResponse.from(row)).not.toHaveProperty('user_id');
  });
});

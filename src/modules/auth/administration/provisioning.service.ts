import { Injectable } from '@nestjs/common';
import {
  AuditLogService,
  canManageRole,
  MembershipLifecycle,
  OrganizationAccessService,
  organizationErrors,
  type Role,
} from '@/modules/organizations/index.js';
import {
  AccountsService,
  type DirectoryRow,
  DirectoryService,
  OperatorPolicy,
  userErrors,
  type XcUserResponse,
} from '@/modules/users/index.js';
import type { OrganizationActor } from '@/platform/access/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { ChosenAddressLimiter } from '@/platform/mail/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { AuthMailer } from '../mail/auth-mailer.js';
import { EmailTokens } from '../mail/email-tokens.js';
import { NewPasswordHasher } from '../passwords/new-password-hasher.js';
import type { CreateUserRequest } from './dto/administration.requests.js';

/** Writes the rows of an account that an organization creates: the account, its home, its membership. */
@Injectable()
export class ProvisionedAccountWriter {
  constructor(
    private readonly accounts: AccountsService,
    private readonly operatorPolicy: OperatorPolicy,
    private readonly memberships: MembershipLifecycle,
  ) {}

  /**
   * Runs in the caller's transaction. The user must change a password given here. Throws `email_taken`, also for the
   * address of an operator: no organization becomes their home.
   */
  async create(
    actor: OrganizationActor,
    { email, role, first_name, last_name }: CreateUserRequest,
    hash: string | null,
  ): Promise<string> {
    if (this.operatorPolicy.isOperatorAddress(email)) throw userErrors.email_taken();
    const account = { email, password_hash: hash, first_name, last_name, accepted: false };
    const userId = await this.accounts.create(account);
    if (hash) await this.accounts.setPassword(userId, hash, { mustChange: true });
    const organizationId = actor.organization.id;
    await this.accounts.setHomeOrganization(userId, organizationId);
    await this.memberships.create({ organizationId, userId, role, selfJoined: false, addedBy: actor });
    return userId;
  }
}

interface WelcomeInput {
  organizationId: OrganizationId;
  userId: string;
  email: string;
  role: Role;
}

/** Sends the welcome e-mail of a new account, and records the account in the audit log. */
@Injectable()
export class WelcomeMailer {
  constructor(
    private readonly emailTokens: EmailTokens,
    private readonly mailer: AuthMailer,
    private readonly audit: AuditLogService,
    private readonly chosenAddresses: ChosenAddressLimiter,
  ) {}

  /** Throws `mail_not_configured`. */
  assertConfigured(): void {
    this.mailer.assertConfigured();
  }

  /** Throws `mail_not_configured` for an account without a password: it can be opened only by e-mail. */
  assertDeliverable(password: string | undefined): void {
    if (password === undefined) this.assertConfigured();
  }

  /** Runs `create`, which sends the welcome e-mail. Throws 429 after the limit of mails to chosen addresses. */
  sendWithinLimit<T>(actor: OrganizationActor, create: () => Promise<T>): Promise<T> {
    const chooser = { userId: actor.userId, organizationId: actor.organization.id };
    return this.chosenAddresses.count(chooser, create);
  }

  /** Runs in the caller's transaction. */
  async send(actor: OrganizationActor, { organizationId, userId, email, role }: WelcomeInput): Promise<void> {
    if (this.mailer.isConfigured) await this.sendLink(userId, email);
    const target = { type: 'user', id: userId } as const;
    await this.audit.record(actor, { organizationId, action: 'user.created', target, details: { role } });
  }

  /** Sends a new link, which replaces the earlier one. Runs in the caller's transaction. */
  async resend(actor: OrganizationActor, { id, email }: Pick<DirectoryRow, 'id' | 'email'>): Promise<void> {
    await this.sendLink(id, email);
    await this.audit.recordFor(actor, 'user.welcome_resent', { type: 'user', id });
  }

  private async sendLink(userId: string, email: string): Promise<void> {
    await this.mailer.sendWelcome(email, await this.emailTokens.issue(userId, 'set_password', email));
  }
}

/** Creates accounts for an organization. */
@Injectable()
export class ProvisioningService {
  constructor(
    private readonly accountWriter: ProvisionedAccountWriter,
    private readonly directory: DirectoryService,
    private readonly newPasswordHasher: NewPasswordHasher,
    private readonly organizationAccess: OrganizationAccessService,
    private readonly welcomeMailer: WelcomeMailer,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Creates an account whose home is the actor's organization, and e-mails the user a link. Throws `email_taken`. */
  async create(actor: OrganizationActor, request: CreateUserRequest): Promise<XcUserResponse> {
    const { email, password, role, first_name, last_name } = request;
    assertMayAssignRole(actor, request);
    this.welcomeMailer.assertDeliverable(password);
    const hints = [email, first_name, last_name];
    const hash = password === undefined ? null : await this.newPasswordHasher.hash(password, hints);
    return this.welcomeMailer.sendWithinLimit(actor, () =>
      this.unitOfWork.run(async () => {
        const authorizedActor = await this.organizationAccess.lockAndReauthorize(actor, 'users.manage');
        assertMayAssignRole(authorizedActor, request);
        const organizationId = authorizedActor.organization.id;
        const userId = await this.accountWriter.create(authorizedActor, request, hash);
        await this.welcomeMailer.send(actor, { organizationId, userId, email, role });
        // Read while the actor is locked: afterwards the actor may have lost access.
        return this.directory.read(authorizedActor, userId);
      }),
    );
  }
}

function assertMayAssignRole({ organization }: OrganizationActor, { role }: CreateUserRequest): void {
  if (!canManageRole(organization.role, role)) throw organizationErrors.role_insufficient();
}

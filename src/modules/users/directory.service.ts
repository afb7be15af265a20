import { Injectable } from '@nestjs/common';
import type { OrganizationActor } from '@/platform/access/actor.js';
import { windowById, DIRECTORY_PAGE_SIZE, toPage, type PageQuery } from '@/platform/pagination/page.js';
import {
  OrganizationsService,
  organizationErrors,
  type XcOrganizationResponse,
} from '../organizations/index.js';
import { XcUserResponse } from './dto/xc-user.response.js';
import { OperatorPolicy } from './operator-policy.js';
import { DirectoryRepository, type DirectoryRow } from './persistence/directory.repository.js';

/** The people of one organization as its admins see them on the XC face. */
@Injectable()
export class DirectoryService {
  constructor(
    private readonly directory: DirectoryRepository,
    private readonly organizations: OrganizationsService,
    private readonly operatorPolicy: OperatorPolicy,
  ) {}

  async list(actor: OrganizationActor, query: PageQuery): Promise<XcUserResponse[]> {
    const window = windowById(query, DIRECTORY_PAGE_SIZE);
    const organization = await this.organizations.readXc(actor);
    const rows = await this.directory.list(actor.organization.id, window);
    return toPage(window, rows, ({ id }) => id).map((row) => this.toResponse(row, organization));
  }

  async read(actor: OrganizationActor, userId: string): Promise<XcUserResponse> {
    return this.toResponse(await this.find(actor, userId), await this.organizations.readXc(actor));
  }

  /** Throws `user_not_found` for who is not in this organization. */
  async find({ organization }: OrganizationActor, userId: string): Promise<DirectoryRow> {
    const row = await this.directory.find(organization.id, userId);
    if (!row) throw organizationErrors.user_not_found();
    return row;
  }

  /** What is a person's own affair is shown only to the organization that keeps their account. */
  private toResponse(row: DirectoryRow, organization: XcOrganizationResponse): XcUserResponse {
    const isHomeOrganization = row.home_organization_id === organization.id;
    const hiddenFields = isHomeOrganization
      ? {}
      : { phone_number: null, last_login_at: null, email_preferences: {} };
    const account = { ...row, ...hiddenFields, organization_id: organization.id, organization };
    return XcUserResponse.from(account, this.operatorPolicy.isOperator(row));
  }
}

import { Injectable } from '@nestjs/common';
import type { OrganizationActor } from '@/platform/access/index.js';
import { windowById, DIRECTORY_PAGE_SIZE, toPage, type PageQuery } from '@/platform/pagination/index.js';
import {
  OrganizationsService,
  organizationErrors,
  type XcOrganizationResponse,
} from '../organizations/index.js';
import { XcUserResponse } from './dto/xc-user.response.js';
import { OperatorPolicy } from './operator-policy.js';
import { DirectoryRepository, type DirectoryRow } from './persistence/directory.repository.js';

/** The users of one organization as its admins see them in the XC API. */
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

  /** Throws `user_not_found` when the user is not a member of this organization. */
  async find({ organization }: OrganizationActor, userId: string): Promise<DirectoryRow> {
    const row = await this.directory.find(organization.id, userId);
    if (!row) throw organizationErrors.user_not_found();
    return row;
  }

  /** Hides private fields unless the organization is the home organization of the account. */
  private toResponse(row: DirectoryRow, organization: XcOrganizationResponse): XcUserResponse {
    const isHomeOrganization = row.home_organization_id === organization.id;
    const user = {
      ...row,
      phone_number: isHomeOrganization ? row.phone_number : null,
      last_login_at: isHomeOrganization ? row.last_login_at : null,
      email_preferences: isHomeOrganization ? row.email_preferences : {},
      organization,
    };
    return XcUserResponse.from(user, this.operatorPolicy.isOperator(row));
  }
}

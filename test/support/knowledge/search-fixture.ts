import { TestApp, type TestAppOptions, type TestResponse } from '../app/test-app.js';
import { givenUserWithId, type UserWithId } from '../organizations/given-organizations.js';
import { DocumentFixture, type GivenDocument } from './given-documents.js';

export const SEARCH_URL = '/api/knowledge/search';

export interface Hit {
  id: string;
  document_id: string;
  title: string;
  content: string;
  snippet: string;
  score: number;
  visibility: string;
}

/** An application with a user that has documents, and searches of this user. */
export class SearchFixture {
  ada!: UserWithId;
  /** The private partition of the user. */
  partitionId!: string;

  private constructor(
    readonly app: TestApp,
    readonly documents: DocumentFixture,
  ) {}

  static async start(env: Record<string, string> = {}, options: TestAppOptions = {}): Promise<SearchFixture> {
    const app = await TestApp.start({ ...options, env });
    return new SearchFixture(app, new DocumentFixture(app));
  }

  /** Replaces the user by another without documents. */
  async reset(): Promise<void> {
    this.ada = await givenUserWithId(this.app);
    this.partitionId = await this.documents.partition({ ownerId: this.ada.id });
  }

  add(given: Omit<GivenDocument, 'partitionId'> & { partitionId?: string }): Promise<string> {
    return this.documents.document({ partitionId: this.partitionId, ...given });
  }

  search(body: unknown, { accessToken: token } = this.ada): Promise<TestResponse> {
    return this.app.post(SEARCH_URL, body, { token });
  }

  async find(query: string, more: object = {}, user = this.ada): Promise<Hit[]> {
    const { status, body } = await this.search({ query, ...more }, user);
    expect([status, body.code]).toEqual([200, undefined]);
    return body.results as Hit[];
  }

  async contents(query: string, more?: object): Promise<string[]> {
    return (await this.find(query, more)).map(({ content }) => content);
  }

  async titles(query: string, more?: object, user?: UserWithId): Promise<string[]> {
    return (await this.find(query, more, user)).map(({ title }) => title).sort();
  }
}

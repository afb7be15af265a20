import { Injectable } from '@nestjs/common';

/** Knows the modules that a session can practise. The module with the course registers them, because it depends on this one. */
@Injectable()
export class PracticeModuleRegistry {
  private find: (id: string) => boolean = () => false;

  /** To be called once, while the application starts. */
  register(find: (id: string) => boolean): void {
    this.find = find;
  }

  has(id: string): boolean {
    return this.find(id);
  }
}

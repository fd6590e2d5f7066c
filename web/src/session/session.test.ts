import { describe, expect, it } from 'vitest';
import { may } from './rights';
import { returnPath } from './session';

describe('where signing in leads back to', () => {
  it('is a page of this app', () => {
    expect(returnPath('/deals?stage=proposal')).toBe('/deals?stage=proposal');
    expect(returnPath(undefined)).toBe('/');
  });
  it('is never another site, nor the sign-in page itself', () => {
    for (const path of ['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', '/sign-in?from=/']) expect(returnPath(path)).toBe('/');
  });
});

describe('a role', () => {
  it('of a viewer only reads, of a member does not administer', () => {
    expect([may('viewer', 'read'), may('viewer', 'write'), may('member', 'write'), may('member', 'administer'), may('admin', 'administer')]).toEqual([true, false, true, false, true]);
  });
});

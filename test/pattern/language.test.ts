import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LANGUAGES, languageNamed, languageOf } from '../../lib/pattern/language.ts';

describe('languageOf', () => {
  it.each([
    ['/w/a.ts', 'typescript'],
    ['/w/a.d.mts', 'typescript'],
    ['/w/a.TSX', 'typescript'],
    ['/w/a.jsx', 'javascript'],
    ['C:\\w\\a.PY', 'python'],
    ['/w/a.R', 'r'],
    ['/w/a.h', 'c'],
    ['/w/a.hpp', 'cpp'],
    ['/w/a.cs', 'csharp'],
    ['/w/x.fs', 'fsharp'],
    ['/w/main.tf', 'terraform'],
    ['/w/nb.ipynb', 'notebook'],
    ['/w/a.yml', 'yaml'],
    ['/w/a.proto', 'protobuf'],
    ['/w/index.html.erb', 'erb'],
    ['Dockerfile', 'dockerfile'],
    ['/w/Dockerfile.dev', 'dockerfile'],
    ['/w/prod.dockerfile', 'dockerfile'],
    ['/w/Makefile', 'makefile'],
    ['/w/CMakeLists.txt', 'cmake'],
    ['/w/notes.txt', 'text'],
    ['/w/tsconfig.json', 'jsonc'],
    ['/w/package.json', 'json'],
    ['/w/.env', 'dotenv'],
    ['/w/.env.local', 'dotenv'],
    ['/w/.bashrc', 'shell'],
    ['/w/Jenkinsfile', 'groovy'],
    ['/w/go.mod', 'go'],
    ['/w/a.qqq', 'unknown'],
    ['/w/Makefile/', 'unknown'],
    ['/w.ts/plain', 'unknown'],
    ['', 'unknown'],
    ['/w/constructor', 'unknown'],
    ['/w/a.constructor', 'unknown'],
    ['/w/a.__proto__', 'unknown'],
  ])('calls %s %s', (filePath, language) => {
    expect(languageOf(filePath)).toBe(language);
  });

  it.each([
    ['#!/bin/sh\n', 'shell'],
    ['#!/bin/bash -eu\necho', 'shell'],
    ['#!/usr/bin/env python3\n', 'python'],
    ['#!/usr/bin/env -S python3.11 -u\n', 'python'],
    ['#!/usr/bin/env -S NODE_OPTIONS=x node --test', 'javascript'],
    ['#! /usr/bin/perl -w\r\n', 'perl'],
    ['#!/usr/bin/Rscript', 'r'],
    ['#!/opt/own-thing\n', 'unknown'],
    ['#!', 'unknown'],
    ['#!/usr/bin/env\npython', 'unknown'],
    ['echo #!/bin/sh', 'unknown'],
    ['', 'unknown'],
  ])('reads the first line %j of a file without extension as %s', (code, language) => {
    expect(languageOf('/w/bin/run', code)).toBe(language);
  });

  it('believes the extension before the first line', () => {
    expect(languageOf('/w/a.rb', '#!/bin/sh\n')).toBe('ruby');
  });

  it('answers with a name of the table or unknown for any input', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (path, code) => {
        const name = languageOf(path, code);
        expect(name === 'unknown' || Object.hasOwn(LANGUAGES, name)).toBe(true);
        expect(
          Object.hasOwn(LANGUAGES, languageNamed(path)) || languageNamed(path) === 'unknown',
        ).toBe(true);
      }),
    );
  });
});

describe('languageNamed', () => {
  it.each([
    ['Python', 'python'],
    ['ipython', 'python'],
    ['C++', 'cpp'],
    ['c#', 'csharp'],
    ['R', 'r'],
    ['bash', 'shell'],
    ['', 'unknown'],
    ['toString', 'unknown'],
  ])('knows a kernel that says %j as %s', (name, language) => {
    expect(languageNamed(name)).toBe(language);
  });
});

describe('the table', () => {
  it('names at least 60 languages', () => {
    expect(Object.keys(LANGUAGES).length).toBeGreaterThanOrEqual(60);
  });

  it.each(['extensions', 'names', 'interpreters'] as const)(
    'gives none of its %s twice',
    (field) => {
      const words = Object.values(LANGUAGES).flatMap((entry) => entry[field]?.split(' ') ?? []);
      expect(words.filter((word, index) => words.indexOf(word) !== index)).toEqual([]);
    },
  );

  it('holds extensions and interpreters in lower case, as they are looked up', () => {
    const words = Object.values(LANGUAGES).flatMap(({ extensions = '', interpreters = '' }) =>
      `${extensions} ${interpreters}`.split(' '),
    );
    expect(words.filter((word) => word !== word.toLowerCase())).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import {
  AxocError,
  exitCode,
  formatDiagnostic,
  internalError,
  Problems,
  userError,
} from '../../src/base/diagnostic.js';
import { messageOf } from './thrown.js';

describe('formatDiagnostic', () => {
  const diagnostic = { code: 'bad-type', place: 'net.json: input_t', message: '"int" is not a type' };

  it('writes severity, code, place and message in one line', () => {
    expect(formatDiagnostic('warning', diagnostic)).toBe('warning[bad-type]: net.json: input_t: "int" is not a type');
  });

  it('writes the remedy below', () => {
    expect(formatDiagnostic('error', { ...diagnostic, hint: 'write ap_int<W>' })).toBe(
      'error[bad-type]: net.json: input_t: "int" is not a type\n  help: write ap_int<W>',
    );
  });
});

describe('AxocError', () => {
  it('shows all its diagnostics together', () => {
    const error = new AxocError('mismatch', [
      { code: 'a', place: 'p', message: 'one', hint: 'do this' },
      { code: 'b', place: 'q', message: 'two' },
    ]);
    expect(error.message).toBe('error[a]: p: one\n  help: do this\nerror[b]: q: two');
    expect([error.name, error.kind, error.diagnostics.length]).toEqual(['AxocError', 'mismatch', 2]);
    expect(error).toBeInstanceOf(Error);
  });

  it('is one user mistake from userError, with or without a remedy', () => {
    const error = userError('no-file', 'a.json', 'it is not there');
    expect([error.kind, error.diagnostics]).toEqual([
      'user',
      [{ code: 'no-file', place: 'a.json', message: 'it is not there' }],
    ]);
    expect('hint' in error.diagnostics[0]!).toBe(false);
    expect(userError('no-file', 'a.json', 'gone', 'look').diagnostics[0]!.hint).toBe('look');
  });

  it('asks for a report from internalError', () => {
    const error = internalError('x', 'the id is used twice');
    expect(error.kind).toBe('internal');
    expect(error.message).toBe(
      'error[internal]: x: the id is used twice\n' +
        '  help: this is a defect of axoc: please report it with the command and its input',
    );
  });
});

describe('exitCode', () => {
  it('tells every kind of error from every other and from success', () => {
    expect(exitCode).toEqual({ success: 0, internal: 1, user: 2, mismatch: 3, missingTool: 4 });
  });
});

describe('Problems', () => {
  it('says nothing while there is none', () => {
    const problems = new Problems();
    expect(problems.throwIfAny()).toBeUndefined();
    expect(problems.count).toBe(0);
  });

  it('throws all it has collected, in order, as one user error', () => {
    const problems = new Problems();
    problems.add('a', 'p', 'one', 'do this');
    problems.add('b', 'q', 'two');
    expect(problems.count).toBe(2);
    expect(messageOf(() => problems.throwIfAny())).toBe('error[a]: p: one\n  help: do this\nerror[b]: q: two');
  });

  it('collects the user errors of a step, and gives what a step without any gives', () => {
    const problems = new Problems();
    const failed = problems.attempt(() => {
      throw new AxocError('user', [
        { code: 'a', place: 'p', message: 'one' },
        { code: 'b', place: 'q', message: 'two' },
      ]);
    });
    expect(failed).toBeUndefined();
    expect(problems.attempt(() => 7)).toBe(7);
    expect(problems.count).toBe(2);
    expect(messageOf(() => problems.throwIfAny())).toBe('error[a]: p: one\nerror[b]: q: two');
  });

  it('lets through what is no mistake of the user', () => {
    const problems = new Problems();
    const defect = internalError('x', 'broken');
    expect(() => problems.attempt(() => raise(defect))).toThrow(defect);
    const other = new TypeError('other');
    expect(() => problems.attempt(() => raise(other))).toThrow(other);
    expect(problems.count).toBe(0);
  });
});

function raise(error: Error): never {
  throw error;
}

import { textShape } from '../shapes/shape.ts';
import type { Shape } from '../shapes/shape.ts';
import { BROKEN_SHAPES } from './broken-shapes.ts';
import { DEPLOYMENT_SHAPES } from './deployment-shapes.ts';
import { LANGUAGE_SHAPES } from './language-shapes.ts';
import { MACHINE_SHAPES } from './machine-shapes.ts';
import { OUTPUT_SHAPES } from './output-shapes.ts';
import { PROGRAM_SHAPES } from './program-shapes.ts';
import { TERMINAL_SHAPES } from './terminal-shapes.ts';
import { TEXT_SHAPES } from './text-shapes.ts';
import { TOOL_SHAPES } from './tool-shapes.ts';
import { TRIED_SHAPES } from './tried-shapes.ts';

/** Shapes that were thought up apart from the others, by what people and tools write, to tell whether rules fit only those. */
export const UNSEEN_SHAPES: readonly Shape[] = [
  ...[
    DEPLOYMENT_SHAPES,
    MACHINE_SHAPES,
    LANGUAGE_SHAPES,
    TERMINAL_SHAPES,
    OUTPUT_SHAPES,
    TEXT_SHAPES,
    TOOL_SHAPES,
    PROGRAM_SHAPES,
    TRIED_SHAPES,
  ]
    .flat()
    .map(([name, ...rest]) => textShape([`unseen-${name}`, ...rest])),
  ...BROKEN_SHAPES,
];

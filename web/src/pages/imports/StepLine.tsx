// Where one is: columns, check, import, result. The first two can be gone back to as long as nothing is saved.
import { Stepper } from '@mantine/core';
import classes from './imports.module.css';

export type Step = 'columns' | 'check' | 'run' | 'result';
const STEPS: { key: Step; label: string }[] = [
  { key: 'columns', label: 'Columns' },
  { key: 'check', label: 'Check' },
  { key: 'run', label: 'Import' },
  { key: 'result', label: 'Result' },
];

export function StepLine({ at, planned, onStep }: { at: Step; planned: boolean; onStep: (step: Step) => void }) {
  const active = STEPS.findIndex((step) => step.key === at);
  return (
    <Stepper active={active} onStepClick={(index) => onStep(STEPS[index]!.key)} size="xs" wrap={false} classNames={{ step: classes.step, stepBody: classes.stepBody, separator: classes.separator }}>
      {STEPS.map((step, index) => (
        <Stepper.Step key={step.key} label={step.label} allowStepSelect={planned && index < 2 && index !== active} aria-current={index === active ? 'step' : undefined} />
      ))}
    </Stepper>
  );
}

// Columns that can be read in two ways: a question each, with an example from the file and what each answer would make of it.
import { useFormat } from '@/format/use_format';
import { Radio, Stack, Text } from '@mantine/core';
import { answers, question, type Decision } from './decisions';
import type { MappingState, Reading } from './mapping';
import { Notice } from '@/components/sources/Notice';

interface Props {
  decisions: Decision[];
  state: MappingState;
  onChange: (next: MappingState) => void;
}

export function DecisionQuestions({ decisions, state, onChange }: Props) {
  const format = useFormat();
  if (decisions.length === 0) return null;
  const say = (column: string, reading: string) => onChange({ ...state, readings: { ...state.readings, [column]: reading as Reading } });
  return (
    <Notice title={decisions.length === 1 ? 'One question first' : `${decisions.length} questions first`}>
      <Stack gap="md">
        {decisions.map((decision) => (
          <Radio.Group key={decision.column} label={question(decision)} description={decision.reason} value={state.readings[decision.column] ?? ''} onChange={(reading) => say(decision.column, reading)}>
            <Stack gap={6} mt={6}>
              {answers(decision).map((answer) => <Radio key={answer.reading} value={answer.reading} label={answer.label} />)}
            </Stack>
            {decision.open_cells !== undefined && <Text size="xs" c="dimmed" mt={4}>It concerns {format.number(decision.open_cells)} {decision.open_cells === 1 ? 'cell' : 'cells'}. Without an answer their rows are left out.</Text>}
          </Radio.Group>
        ))}
      </Stack>
    </Notice>
  );
}

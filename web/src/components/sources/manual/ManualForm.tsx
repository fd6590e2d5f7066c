// The form itself. Errors of the server stand at the field they are about.
import { ApiError } from '@/api/client';
import { stages, stageWords } from '@/format/words';
import { ErrorAlert } from '@/ui/ErrorAlert';
import { Button, Grid, Group, NumberInput, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { zodResolver } from '@hookform/resolvers/zod';
import { useMutation } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Controller, useForm, type UseFormReturn } from 'react-hook-form';
import { send, type Ingested } from '../ingest';
import { currencyChoices } from '../workspace';
import { DuplicateHint } from './DuplicateHint';
import { dealBody, dealSchema, emptyDeal, STAGE_PROBABILITY, type DealForm } from './deal_form';

interface Props {
  currency: string;
  onSaved: (answer: Ingested) => void;
  openDeal: (id: string) => void;
}

const FIELDS = Object.keys(emptyDeal(''));
const STAGES = stages.map((value) => ({ value, label: stageWords[value] }));

// Puts what the server says about a field at that field; what is about none stays for the alert.
function placeErrors(form: UseFormReturn<DealForm>, error: unknown): void {
  if (!(error instanceof ApiError)) return;
  for (const detail of error.details.toReversed())
    if (FIELDS.includes(detail.field)) form.setError(detail.field as keyof DealForm, { type: 'server', message: detail.message }, { shouldFocus: true });
}

export function ManualForm({ currency, onSaved, openDeal }: Props) {
  const form = useForm<DealForm>({ resolver: zodResolver(dealSchema), defaultValues: emptyDeal(currency), mode: 'onSubmit', reValidateMode: 'onChange' });
  const save = useMutation({ mutationFn: (deal: DealForm) => send('manual', dealBody(deal)), onSuccess: onSaved, onError: (error) => placeErrors(form, error) });
  const { errors } = form.formState;
  const placed = save.error instanceof ApiError && save.error.details.some((detail) => FIELDS.includes(detail.field));
  return (
    <form noValidate onSubmit={(event) => void form.handleSubmit((deal) => save.mutate(deal))(event)} aria-label="Deal">
      <Stack gap="md">
        <Grid gap="md">
          <Grid.Col span={{ base: 12, sm: 7 }}>
            <TextInput label="Deal name" placeholder="Enterprise license" withAsterisk required data-autofocus {...form.register('name')} error={errors.name?.message} />
          </Grid.Col>
          <Grid.Col span={{ base: 12, sm: 5 }}>
            <TextInput label="Company" autoComplete="off" {...form.register('company')} error={errors.company?.message} />
          </Grid.Col>
        </Grid>
        <DuplicateHint form={form} openDeal={openDeal} />
        <Numbers form={form} currency={currency} />
        <Contact form={form} />
        <Textarea label="Description" autosize minRows={2} maxRows={8} {...form.register('description')} error={errors.description?.message} />
        {save.isError && !placed && <ErrorAlert error={save.error} />}
        <Group justify="flex-end">
          <Button type="submit" loading={save.isPending}>Add deal</Button>
        </Group>
      </Stack>
    </form>
  );
}

interface PartProps {
  form: UseFormReturn<DealForm>;
}

function fractionDigits(currency: string): number {
  try {
    return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
  } catch {
    return 2;
  }
}

function Numbers({ form, currency }: PartProps & { currency: string }) {
  const choices = useMemo(() => currencyChoices(currency), [currency]);
  const { errors, dirtyFields } = form.formState;
  const separators = useMemo(() => new Intl.NumberFormat().formatToParts(12345.6), []);
  const part = (type: string, otherwise: string) => separators.find((each) => each.type === type)?.value ?? otherwise;
  const numeric = { decimalSeparator: part('decimal', '.'), hideControls: true } as const;
  // The stage suggests how likely the deal is, until somebody says so.
  const onStage = (stage: DealForm['stage']) => {
    form.setValue('stage', stage, { shouldDirty: true });
    if (!dirtyFields.probability) form.setValue('probability', STAGE_PROBABILITY[stage]);
  };
  return (
    <Grid gap="md">
      <Grid.Col span={{ base: 7, sm: 4 }}>
        <Controller control={form.control} name="value" render={({ field: { onChange, ...field } }) => (
          <NumberInput {...field} {...numeric} label="Value" inputMode="decimal" thousandSeparator={part('group', ',')} decimalScale={fractionDigits(form.watch('currency'))} allowNegative={false} onChange={(value) => onChange(value === '' ? '' : Number(value))} error={errors.value?.message} />
        )} />
      </Grid.Col>
      <Grid.Col span={{ base: 5, sm: 3 }}>
        <Controller control={form.control} name="currency" render={({ field }) => (
          <Select {...field} label="Currency" data={choices} searchable allowDeselect={false} limit={40} comboboxProps={{ width: 260, position: 'bottom-start' }} error={errors.currency?.message} />
        )} />
      </Grid.Col>
      <Grid.Col span={{ base: 12, sm: 5 }}>
        <TextInput type="date" label="Close date" {...form.register('expected_close_date')} error={errors.expected_close_date?.message} />
      </Grid.Col>
      <Grid.Col span={{ base: 7, sm: 7 }}>
        <Controller control={form.control} name="stage" render={({ field }) => (
          <Select {...field} label="Stage" data={STAGES} allowDeselect={false} onChange={(stage) => stage && onStage(stage as DealForm['stage'])} error={errors.stage?.message} />
        )} />
      </Grid.Col>
      <Grid.Col span={{ base: 5, sm: 5 }}>
        <Controller control={form.control} name="probability" render={({ field: { onChange, ...field } }) => (
          <NumberInput {...field} {...numeric} label="Probability" suffix=" %" decimalScale={2} allowNegative={false} onChange={(value) => onChange(value === '' ? '' : Number(value))} error={errors.probability?.message} />
        )} />
      </Grid.Col>
    </Grid>
  );
}

function Contact({ form }: PartProps) {
  const { errors } = form.formState;
  return (
    <Grid gap="md">
      <Grid.Col span={{ base: 12, sm: 6 }}>
        <TextInput label="Contact name" autoComplete="off" {...form.register('contact_name')} error={errors.contact_name?.message} />
      </Grid.Col>
      <Grid.Col span={{ base: 12, sm: 6 }}>
        <TextInput label="Contact e-mail" type="email" autoComplete="off" {...form.register('contact_email')} error={errors.contact_email?.message} />
      </Grid.Col>
      <Grid.Col span={{ base: 12, sm: 6 }}>
        <TextInput label="Contact phone" type="tel" autoComplete="off" {...form.register('contact_phone')} error={errors.contact_phone?.message} />
      </Grid.Col>
      <Grid.Col span={{ base: 12, sm: 6 }}>
        <TextInput label="Owner" placeholder="Who works on it" autoComplete="off" {...form.register('owner')} error={errors.owner?.message} />
      </Grid.Col>
    </Grid>
  );
}

// What the workspace has decided: the currency of its sums, the rates of others, the value of an e-mail lead without one.
import { api, need, type Schemas } from '@/api/client';
import { ask } from '@/api/agreed';
import { keys } from '@/api/keys';
import { useFormat } from '@/format/use_format';
import { ErrorAlert } from '@/ui/ErrorAlert';
import { showFieldErrors } from '@/ui/form_errors';
import { ListSkeleton } from '@/ui/Skeletons';
import { notifyFailed, notifyUndo } from '@/ui/undo';
import { ActionIcon, Button, Fieldset, Group, NativeSelect, NumberInput, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import IconPlus from '@tabler/icons-react/dist/esm/icons/IconPlus.mjs';
import IconTrash from '@tabler/icons-react/dist/esm/icons/IconTrash.mjs';
import { useMemo, useState } from 'react';
import { Controller, useFieldArray, useForm, type UseFormReturn } from 'react-hook-form';
import { currencyChoices } from './currencies';
import { Section } from './Section';

type Settings = Schemas['Settings'];
interface Fields {
  base_currency: string;
  rates: { currency: string; rate: number | string }[];
  email_default_value: number | string;
}
type Patch = Pick<Settings, 'base_currency' | 'fx_rates' | 'email_default_value'>;

const patchOf = (settings: Settings): Patch => ({ base_currency: settings.base_currency, fx_rates: settings.fx_rates, email_default_value: settings.email_default_value });
const fieldsOf = (settings: Settings): Fields => ({
  base_currency: settings.base_currency,
  rates: Object.entries(settings.fx_rates).map(([currency, rate]) => ({ currency, rate })),
  email_default_value: settings.email_default_value,
});

function Rates({ form, choices }: { form: UseFormReturn<Fields>; choices: { value: string; label: string }[] }) {
  const rates = useFieldArray({ control: form.control, name: 'rates' });
  const base = form.watch('base_currency');
  return (
    <Fieldset legend="Exchange rates" variant="unstyled">
      <Text size="sm" c="dimmed" mb="sm">How much one unit is worth in {base}. Deals in a currency without a rate are counted apart and are in no sum.</Text>
      <Stack gap="xs">
        {rates.fields.map((rate, index) => (
          <Group key={rate.id} gap="xs" wrap="nowrap" align="flex-start">
            <NativeSelect aria-label="Currency" data={choices} {...form.register(`rates.${index}.currency`)} />
            <Controller
              control={form.control}
              name={`rates.${index}.rate`}
              rules={{ validate: (value) => Number(value) > 0 || 'A rate is above zero.' }}
              render={({ field, fieldState }) => <NumberInput aria-label={`Rate to ${base}`} decimalScale={8} min={0} hideControls {...field} error={fieldState.error?.message} />}
            />
            <ActionIcon variant="subtle" color="gray" size={36} aria-label="Take this rate away" onClick={() => rates.remove(index)}><IconTrash size={17} aria-hidden /></ActionIcon>
          </Group>
        ))}
      </Stack>
      <Button mt="sm" size="xs" variant="default" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => rates.append({ currency: base === 'EUR' ? 'USD' : 'EUR', rate: '' })}>Add a rate</Button>
    </Fieldset>
  );
}

function WorkspaceForm({ settings }: { settings: Settings }) {
  const cache = useQueryClient();
  const format = useFormat();
  const choices = useMemo(() => currencyChoices(format.locale), [format.locale]);
  const [refused, setRefused] = useState<unknown>(null);
  const form = useForm<Fields>({ mode: 'onSubmit', reValidateMode: 'onChange', values: fieldsOf(settings) });
  const save = async (patch: Patch) => {
    await ask('PATCH', '/api/sales/settings', patch);
    await Promise.all([cache.invalidateQueries({ queryKey: keys.settings }), cache.invalidateQueries({ queryKey: keys.metrics })]);
  };
  const submit = form.handleSubmit(async (fields) => {
    setRefused(null);
    const before = patchOf(settings);
    try {
      await save({ base_currency: fields.base_currency, fx_rates: Object.fromEntries(fields.rates.map(({ currency, rate }) => [currency, Number(rate)])), email_default_value: Number(fields.email_default_value) });
      notifyUndo('The settings are saved.', () => save(before));
    } catch (error) {
      if (showFieldErrors(error, ['base_currency', 'email_default_value'], form.setError)) return;
      setRefused(error);
      notifyFailed(error, 'The settings were not saved.');
    }
  });
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack gap="lg" maw={480}>
        {refused !== null && <ErrorAlert error={refused} />}
        <NativeSelect label="Currency of the sums" description="Every total is shown in it." data={choices} error={form.formState.errors.base_currency?.message} {...form.register('base_currency')} />
        <Rates form={form} choices={choices} />
        <Controller
          control={form.control}
          name="email_default_value"
          rules={{ validate: (value) => (value !== '' && Number(value) >= 0) || 'Enter an amount of zero or more.' }}
          render={({ field, fieldState }) => <NumberInput label="Value of an e-mail lead that names none" description="The deal is marked as estimated until somebody knows better." min={0} thousandSeparator hideControls {...field} error={fieldState.error?.message} />}
        />
        <div><Button type="submit" loading={form.formState.isSubmitting}>Save</Button></div>
      </Stack>
    </form>
  );
}

export default function Workspace() {
  const found = useQuery({ queryKey: keys.settings, queryFn: ({ signal }) => need(api.GET('/api/sales/settings', { signal })), select: (said) => said.settings });
  return (
    <Section title="Workspace">
      {found.isPending && <ListSkeleton rows={4} />}
      {found.error && <ErrorAlert error={found.error} onRetry={() => void found.refetch()} />}
      {found.data && <WorkspaceForm settings={found.data} />}
    </Section>
  );
}

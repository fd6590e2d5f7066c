// Saves one field, only against the version one has seen.
import type { Deal } from '@/api/agreed';
import { ApiError, type Schemas } from '@/api/client';
import { notifyUndo } from '@/ui/undo';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import type { Field } from './fields';
import { readDeal, rereadDeal, saveDeal } from './use_deal';

// Null: saved. A deal: it was changed meanwhile, and this is how it is now; nothing was saved. Throws what the server refused.
export type SaveField = (field: Field, value: string | number | null, against: Deal, also?: Schemas['DealPatch']) => Promise<Deal | null>;

export function useSaveField(): SaveField {
  const cache = useQueryClient();
  return useCallback(
    async (field, value, against, also = {}) => {
      const before = against[field.key];
      try {
        const { deal } = await saveDeal(against.id, against.version, { ...also, [field.key]: value });
        await rereadDeal(cache, against.id);
        if (deal.version !== against.version) {
          notifyUndo(`${field.label} saved.`, async () => {
            await saveDeal(deal.id, deal.version, { [field.key]: before });
            await rereadDeal(cache, deal.id);
          });
        }
        return null;
      } catch (error) {
        if (error instanceof ApiError && error.status === 412) return readDeal(against.id);
        throw error;
      }
    },
    [cache],
  );
}

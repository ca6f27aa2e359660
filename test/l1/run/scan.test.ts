/** The runs of a scan: their names, their files, and what is refused before anything is trained. */
import { describe, expect, it } from 'vitest';
import { parseScanAxis, scanPoints } from '../../../src/l1/run/scan.js';
import { messageOf } from '../../base/thrown.js';

const pointsOf = (keys: readonly string[], ...set: readonly string[]) => scanPoints({ set }, keys.map(parseScanAxis));
const namesOf = (...keys: readonly string[]): readonly string[] => pointsOf(keys).map(({ name }) => name);

describe('runs', () => {
  it('one for each combination, the last key varying fastest', () => {
    const points = pointsOf(['model.ap_fixed_kernel=[4,2],[6,2]', 'callback.lr_schedule.alpha=1e-6,0.5']);
    expect(points.map(({ name }) => name)).toEqual([
      'ap_fixed_kernel-4-2_alpha-0.000001',
      'ap_fixed_kernel-4-2_alpha-0.5',
      'ap_fixed_kernel-6-2_alpha-0.000001',
      'ap_fixed_kernel-6-2_alpha-0.5',
    ]);
    expect(points.map(({ config }) => [config.model.ap_fixed_kernel, config.callback.lr_schedule.alpha])).toEqual([
      [[4, 2], 1e-6],
      [[4, 2], 0.5],
      [[6, 2], 1e-6],
      [[6, 2], 0.5],
    ]);
  });

  it('are named after their values, with nothing a shell would take for something else', () => {
    expect(namesOf('model.score="sum(mu^2)","max(abs(mu))",auto')).toEqual([
      'score-sum-mu-2',
      'score-max-abs-mu',
      'score-auto',
    ]);
    expect(namesOf('model.score="sum(mu + mu)","sum(mu - mu)"')).toEqual(['score-sum-mu-mu', 'score-sum-mu-mu-2']);
  });

  it('share their events where these are the same, and only there', () => {
    const pathsOf = (...keys: readonly string[]) =>
      pointsOf(keys).map(({ config }) => config.data_config.Processed_data_path);
    expect(pathsOf('model.latent_dim=3,4')).toEqual(['../Data.h5', '../Data.h5']);
    expect(pathsOf('data_config.Synthesis.seed=3,4')).toEqual(['./Data.h5', './Data.h5']);
    const absolute = pointsOf(['model.latent_dim=3,4'], 'data_config.Processed_data_path=/events/Data.h5');
    expect(absolute[1]!.config.data_config.Processed_data_path).toBe('/events/Data.h5');
    for (const { config } of absolute) expect(config.store.skip_saving_complete).toBe(true);
  });
});

describe('what is refused', () => {
  it.each([
    [['model.latent_dim'], [], '[bad-option]: --key model.latent_dim: KEY=V1,V2,... expected'],
    [['model.latent_dim='], [], '[bad-option]: --key model.latent_dim=: KEY=V1,V2,... expected'],
    [['model.latent_dim=4,4'], [], 'the value 4 is given twice'],
    [['model.latent_dim=[4'], [], '[config-syntax]: --key model.latent_dim=[4'],
    [['model.latent_dim=4', 'model.latent_dim=5'], [], '[bad-option]: --key model.latent_dim: the key is given twice'],
    [['model.latent_dims=4'], [], 'did you mean "model.latent_dim"?'],
    [['model.latent_dim=4,0'], [], '[bad-value]: --set model.latent_dim'],
    [['model.latent_dim=4'], ['store.lite_path=/a.h5'], '[config-conflict]: store.lite_path: /a.h5 is absolute'],
    [
      ['data_config.Synthesis.seed=1,2'],
      ['data_config.Processed_data_path=/d.h5'],
      '[config-conflict]: data_config.Processed_data_path: /d.h5 is absolute',
    ],
  ])('%j %j', (keys, set, text) => {
    expect(messageOf(() => pointsOf(keys, ...set))).toContain(text);
  });

  it('the mistakes of all values together', () => {
    const message = messageOf(() => pointsOf(['model.latent_dim=4,0,-1']));
    expect(message.match(/bad-value/g)).toHaveLength(2);
  });
});

/** The report of a run: all its sections, in the order in which a reader decides. */
import type { Report } from '../../report/report.js';
import type { RunFacts } from './collect.js';
import { dataSection } from './sections/data.js';
import { efficienciesSection } from './sections/efficiencies.js';
import { firmwareSection } from './sections/firmware.js';
import { modelSection } from './sections/model.js';
import { overviewSection } from './sections/overview.js';
import { reproduceSection } from './sections/reproduce.js';
import { thresholdsSection } from './sections/thresholds.js';
import { trainingSection } from './sections/training.js';

/** The same run gives the same report: it knows no time and no path. */
export async function runReport(facts: RunFacts): Promise<Report> {
  const { network, artefact, config } = facts;
  return {
    title: `Anomaly trigger: ${network.name}`,
    subtitle: `${config.train.train_mode}, ${network.input.width} inputs, ${config.model.latent_dim} latent variables. Report of a training run by axoc ${artefact.versions.axoc ?? ''}.`,
    sections: [
      overviewSection(facts),
      await thresholdsSection(facts),
      await efficienciesSection(facts),
      await dataSection(facts),
      modelSection(facts),
      await trainingSection(facts),
      await firmwareSection(facts),
      reproduceSection(facts),
    ],
  };
}

/** A real Slurm of one node on this machine, in a directory and on ports of its own: munge, controller and node daemon. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { hostname, tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';

const programs = ['munged', 'slurmctld', 'slurmd', 'sbatch', 'squeue', 'scancel', 'scontrol'];
/** Daemons stand in /usr/sbin, which not every PATH has. */
const searched = `${process.env.PATH}:/usr/sbin:/sbin`;

/** Programs that a cluster needs and this machine does not have. */
export function missingPrograms(): string[] {
  return programs.filter((name) => !searched.split(':').some((directory) => existsSync(path.join(directory, name))));
}

export class SlurmCluster {
  readonly #home = mkdtempSync(path.join(tmpdir(), 'axoc-slurm-'));
  readonly #daemons: ChildProcess[] = [];

  /** Variables that make sbatch and its kin speak to this cluster. */
  get environment(): Readonly<Record<string, string>> {
    return { SLURM_CONF: path.join(this.#home, 'slurm.conf') };
  }

  async start(): Promise<void> {
    chmodSync(this.#home, 0o755);
    for (const directory of ['state', 'spool']) mkdirSync(path.join(this.#home, directory));
    const key = path.join(this.#home, 'munge.key');
    writeFileSync(key, randomBytes(1024), { mode: 0o400 });
    writeFileSync(path.join(this.#home, 'slurm.conf'), await this.#configuration());
    const at = (name: string): string => path.join(this.#home, name);
    const socket = at('munge.socket');
    this.#spawn('munged', [
      ...['--foreground', '--force', `--key-file=${key}`, `--socket=${socket}`, `--pid-file=${at('munged.pid')}`],
      ...[`--log-file=${at('munged.log')}`, `--seed-file=${at('munged.seed')}`],
    ]);
    await this.#until(() => existsSync(socket), 'munged');
    this.#spawn('slurmctld', ['-D', '-c', '-f', at('slurm.conf')]);
    await this.#until(() => this.#ask('scontrol', ['ping']).includes('UP'), 'slurmctld');
    this.#spawn('slurmd', ['-D', '-f', at('slurm.conf'), '-N', 'axocnode']);
    await this.#until(() => this.#ask('sinfo', ['--noheader', '--format=%T']).trim() === 'idle', 'slurmd');
  }

  /** The node takes no more jobs, or takes them again. */
  setNode(state: 'DRAIN' | 'RESUME'): void {
    const reason = state === 'DRAIN' ? ['Reason=test'] : [];
    this.#ask('scontrol', ['update', 'NodeName=axocnode', `State=${state}`, ...reason]);
  }

  /** Tasks in the queue that have not ended. */
  queued(): string[] {
    return this.#ask('squeue', ['--noheader', '--array', '--format=%i %T']).split('\n').filter(Boolean);
  }

  cancelAll(): void {
    this.#ask('scancel', [`--user=${userInfo().username}`]);
  }

  /** Ends every job and every daemon that was started, and waits for them. */
  async stop(): Promise<void> {
    this.cancelAll();
    for (let turn = 0; turn < 50 && this.queued().length > 0; turn++) await setTimeout(200);
    for (const daemon of this.#daemons.reverse()) {
      if (daemon.exitCode !== null || daemon.signalCode !== null) continue;
      const gone = new Promise((resolve) => daemon.once('exit', resolve));
      daemon.kill('SIGTERM');
      await Promise.race([gone, setTimeout(10_000, undefined, { ref: false }).then(() => daemon.kill('SIGKILL'))]);
    }
    rmSync(this.#home, { recursive: true, force: true });
  }

  #spawn(program: string, args: readonly string[]): void {
    this.#daemons.push(
      spawn(program, args, { stdio: 'ignore', env: { ...process.env, ...this.environment, PATH: searched } }),
    );
  }

  #ask(program: string, args: readonly string[]): string {
    return spawnSync(program, args, { encoding: 'utf8', env: { ...process.env, ...this.environment } }).stdout ?? '';
  }

  async #until(isReady: () => boolean, daemon: string): Promise<void> {
    const started = performance.now();
    while (!isReady()) {
      if (performance.now() - started > 60_000) {
        const logs = ['munged.log', 'slurmctld.log', 'slurmd.log'].map((name) => path.join(this.#home, name));
        const texts = logs.filter(existsSync).map((log) => `${log}:\n${readFileSync(log, 'utf8').slice(-2000)}`);
        throw new Error(`${daemon} does not come up\n${texts.join('\n')}`);
      }
      await setTimeout(200);
    }
  }

  async #configuration(): Promise<string> {
    const at = (name: string): string => path.join(this.#home, name);
    const [controller, node] = [await freePort(), await freePort()];
    return `ClusterName=axoc
SlurmctldHost=${hostname()}(127.0.0.1)
SlurmUser=${userInfo().username}
SlurmdUser=${userInfo().username}
SlurmctldPort=${controller}
SlurmdPort=${node}
AuthType=auth/munge
AuthInfo=socket=${at('munge.socket')}
CredType=cred/munge
StateSaveLocation=${at('state')}
SlurmdSpoolDir=${at('spool')}
SlurmctldPidFile=${at('slurmctld.pid')}
SlurmdPidFile=${at('slurmd.pid')}
SlurmctldLogFile=${at('slurmctld.log')}
SlurmdLogFile=${at('slurmd.log')}
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=1,batch_sched_delay=0
SlurmdParameters=config_overrides
ReturnToService=2
KillWait=2
MinJobAge=60
MaxArraySize=3
NodeName=axocnode NodeHostname=${hostname()} NodeAddr=127.0.0.1 CPUs=2 RealMemory=4000 State=UNKNOWN
PartitionName=main Nodes=axocnode Default=YES MaxTime=INFINITE State=UP
`;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

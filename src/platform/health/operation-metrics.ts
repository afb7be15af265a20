import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { listFairQueues } from '../concurrency/index.js';
import { Database, UnitOfWork } from '../persistence/index.js';
import { Metrics } from './metrics.js';

type Labels = Record<string, string>;
/** Reads the present values of a metric: labels, and the value. */
type ReadValues = () => [Labels, number][];

const POOL: Labels = { db_client_connection_pool_name: 'main' };

/** Metrics of the pool and the queues, which are read when Prometheus asks for them. */
@Injectable()
export class OperationMetrics implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    private readonly unitOfWork: UnitOfWork,
    private readonly database: Database,
  ) {}

  onModuleInit(): void {
    this.registerPool();
    this.registerQueues();
  }

  /** Names of the conventions of OpenTelemetry for database clients. */
  private registerPool(): void {
    const { pool } = this.unitOfWork;
    const { monitor } = this.database;
    this.gauge('db_client_connection_count', 'Open connections by state.', () => [
      [{ ...POOL, db_client_connection_state: 'idle' }, pool.idleCount],
      [{ ...POOL, db_client_connection_state: 'used' }, pool.totalCount - pool.idleCount],
    ]);
    this.gauge('db_client_connection_max', 'The largest number of connections.', () => [
      [POOL, pool.options.max],
    ]);
    this.gauge('db_client_connection_pending_requests', 'Requests that wait for a connection.', () => [
      [POOL, pool.waitingCount],
    ]);
    this.counter('db_client_connection_replaced_total', 'Connections that fell silent.', () => [
      [POOL, monitor.replacedConnections],
    ]);
  }

  private registerQueues(): void {
    const read =
      (field: 'running' | 'waiting' | 'refused'): ReadValues =>
      () =>
        listFairQueues().map((queue) => [{ queue: queue.name }, queue[field]]);
    this.gauge('xentree_queue_running', 'Tasks that run.', read('running'));
    this.gauge('xentree_queue_waiting', 'Tasks that wait.', read('waiting'));
    this.counter('xentree_queue_refused_total', 'Tasks that were refused with 503.', read('refused'));
  }

  private gauge(name: string, help: string, read: ReadValues): void {
    const gauge: Gauge = new Gauge({ ...this.options(name, help, read), collect: () => write(gauge, read) });
  }

  private counter(name: string, help: string, read: ReadValues): void {
    const counter: Counter = new Counter({
      ...this.options(name, help, read),
      collect: () => write(counter, read),
    });
  }

  private options(name: string, help: string, read: ReadValues): MetricOptions {
    const labelNames = Object.keys(read()[0]?.[0] ?? {});
    return { name, help, labelNames, registers: [this.metrics.registry] };
  }
}

interface MetricOptions {
  name: string;
  help: string;
  labelNames: string[];
  registers: Metrics['registry'][];
}

/** Sums values with the same labels: several queues can have one name. */
function write(metric: Gauge | Counter, read: ReadValues): void {
  metric.reset();
  for (const [labels, value] of read()) metric.inc(labels, value);
}

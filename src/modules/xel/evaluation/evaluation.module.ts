import { Module } from '@nestjs/common';
import { AiModule } from '@/modules/ai/index.js';
import { Config } from '@/platform/config/index.js';
import { Log } from '@/platform/logging/index.js';
import { Calibration, readCalibration } from './calibration/calibration.js';
import { DeterministicEvaluator, RUBRIC_VERSION } from './deterministic/deterministic-evaluator.js';
import { GrammarChecker } from './grammar/grammar-checker.js';
import { JudgementPanel } from './model/judgement-panel.js';
import { ModelJudge } from './model/model-judge.js';
import { TextEvaluator } from './text-evaluator.js';

/** Judges texts of learners: by rules, and with a language model if the server has one. */
@Module({
  imports: [AiModule],
  providers: [
    {
      provide: Calibration,
      useFactory: (config: Config, log: Log) => readCalibration(config, log, RUBRIC_VERSION),
      inject: [Config, Log],
    },
    DeterministicEvaluator,
    GrammarChecker,
    JudgementPanel,
    ModelJudge,
    TextEvaluator,
  ],
  exports: [TextEvaluator],
})
export class EvaluationModule {}

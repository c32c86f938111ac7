// The running profile of each thread.
#include "profile_support.h"
#include <time.h>

_Thread_local d2l_profile *d2l_running_profile;

d2l_profile *d2l_current_profile(void) { return d2l_running_profile; }
void d2l_set_current_profile(d2l_profile *profile) { d2l_running_profile = profile; }

int64_t d2l_profile_clock(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t d2l_profile_open(void) {
  d2l_profile *profile = d2l_running_profile;
  if (!profile || profile->muted) return -1;
  profile->muted = 1;
  return d2l_profile_clock();
}

void d2l_profile_close(const char *name, int32_t phase, int64_t start) {
  d2l_profile *profile = d2l_running_profile;
  if (!profile) return;
  const int64_t end = d2l_profile_clock();
  profile->muted = 0;
  if (profile->count == profile->capacity) profile->drain(profile);
  profile->events[profile->count++] = (d2l_profile_event){name, start, end - start, phase};
}

profile_span d2l_profile_begin_span(const char *name) { return (profile_span){name, d2l_profile_open()}; }

void d2l_profile_end_span(const profile_span *span) {
  if (D2L_UNLIKELY(span->start >= 0)) d2l_profile_close(span->name, 0, span->start);
}

// --- names ------------------------------------------------------------------------------------------------------------

static const char *const unary_names[] = {
    [D2L_NEG] = "negate",      [D2L_ABS] = "abs",           [D2L_SIGN] = "sign",         [D2L_SQUARE] = "square",
    [D2L_SQRT] = "sqrt",       [D2L_RSQRT] = "rsqrt",       [D2L_RECIPROCAL] = "reciprocal", [D2L_EXP] = "exp",
    [D2L_EXPM1] = "expm1",     [D2L_LOG] = "log",           [D2L_LOG2] = "log2",         [D2L_LOG10] = "log10",
    [D2L_LOG1P] = "log1p",     [D2L_SIN] = "sin",           [D2L_COS] = "cos",           [D2L_TAN] = "tan",
    [D2L_ASIN] = "asin",       [D2L_ACOS] = "acos",         [D2L_ATAN] = "atan",         [D2L_SINH] = "sinh",
    [D2L_COSH] = "cosh",       [D2L_TANH] = "tanh",         [D2L_ERF] = "erf",           [D2L_FLOOR] = "floor",
    [D2L_CEIL] = "ceil",       [D2L_ROUND] = "round",       [D2L_TRUNC] = "trunc",       [D2L_SIGMOID] = "sigmoid",
    [D2L_LOG_SIGMOID] = "logSigmoid", [D2L_SOFTPLUS] = "softplus", [D2L_RELU] = "relu",  [D2L_LEAKY_RELU] = "leakyReLU",
    [D2L_ELU] = "elu",         [D2L_GELU] = "gelu",         [D2L_GELU_TANH] = "gelu",    [D2L_SILU] = "silu",
    [D2L_CLIP] = "clip",       [D2L_IS_NAN] = "isNaN",      [D2L_IS_FINITE] = "isFinite", [D2L_NOT] = "not"};

static const char *const binary_names[] = {
    [D2L_ADD] = "add",         [D2L_SUB] = "subtract",      [D2L_MUL] = "multiply",      [D2L_DIV] = "divide",
    [D2L_POW] = "pow",         [D2L_MAX] = "maximum",       [D2L_MIN] = "minimum",       [D2L_ATAN2] = "atan2",
    [D2L_REMAINDER] = "remainder", [D2L_FLOOR_DIV] = "floorDivided", [D2L_EQ] = "compare", [D2L_NE] = "compare",
    [D2L_LT] = "compare",      [D2L_LE] = "compare",        [D2L_GT] = "compare",        [D2L_GE] = "compare",
    [D2L_AND] = "and",         [D2L_OR] = "or",             [D2L_XOR] = "xor"};

static const char *const reduce_names[] = {
    [D2L_SUM] = "sum",         [D2L_PROD] = "product",      [D2L_REDUCE_MAX] = "max",    [D2L_REDUCE_MIN] = "min",
    [D2L_SUM_SQUARES] = "norm", [D2L_SUM_ABS] = "norm",     [D2L_LOG_SUM_EXP] = "logSumExp", [D2L_ANY] = "any",
    [D2L_ALL] = "all",         [D2L_COUNT_TRUE] = "count",  [D2L_ARG_MAX] = "argmax",    [D2L_ARG_MIN] = "argmin"};

#define NAME_IN(names, op) ((size_t)(op) < sizeof names / sizeof *names ? names[op] : "unknown")
const char *d2l_unary_name(d2l_unary_op op) { return NAME_IN(unary_names, op); }
const char *d2l_binary_name(d2l_binary_op op) { return NAME_IN(binary_names, op); }
const char *d2l_reduce_name(d2l_reduce_op op) { return NAME_IN(reduce_names, op); }

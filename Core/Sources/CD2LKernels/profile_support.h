// How a kernel reports its time.
#ifndef PROFILE_SUPPORT_H
#define PROFILE_SUPPORT_H

#include "d2l_elementwise.h"
#include "d2l_profile.h"
#include "d2l_reduce.h"
#include "kernel_support.h"

extern _Thread_local d2l_profile *d2l_running_profile;

typedef struct {
  const char *name;
  int64_t start;
} profile_span;

void d2l_profile_end_span(const profile_span *span);

/// Put first into a kernel: its time goes to the running profile under `name`, which is the operation's name on the tape. Costs a load
/// and a branch where none runs; `name` is evaluated only where one does.
#define D2L_PROFILED(name)                                                                                                     \
  __attribute__((cleanup(d2l_profile_end_span), unused)) const profile_span profile_of_this_call =                            \
      D2L_LIKELY(!d2l_running_profile) ? (profile_span){NULL, -1} : d2l_profile_begin_span(name)

profile_span d2l_profile_begin_span(const char *name);
void d2l_profile_end_span(const profile_span *span);

// The names of the operations that share a kernel.
const char *d2l_unary_name(d2l_unary_op op);
const char *d2l_binary_name(d2l_binary_op op);
const char *d2l_reduce_name(d2l_reduce_op op);

#endif

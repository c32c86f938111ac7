// What is known per thread: whether operations are being recorded for differentiation, and counters that tests read.
#ifndef D2L_THREAD_STATE_H
#define D2L_THREAD_STATE_H

#include "d2l_types.h"

typedef struct {
  int64_t recording_paused; ///< depth of nested `withoutGradient` scopes
  int64_t copies_on_write;  ///< whole-array copies made because a changed array was shared
} d2l_thread_state;

/// The calling thread's state; never NULL.
d2l_thread_state *_Nonnull d2l_current_thread_state(void);

#endif

// Where time goes: what kernels report while a profile is running on the calling thread.
#ifndef D2L_PROFILE_H
#define D2L_PROFILE_H

#include "d2l_types.h"

/// One timed span. Times are nanoseconds of the monotonic clock.
typedef struct {
  const char *_Nonnull name; ///< a string that lives as long as the program
  int64_t start, duration;
  int32_t phase;             ///< what the one who reports it calls its phase; 0 for kernels
} d2l_profile_event;

/// A profile of one thread: a buffer that `drain` empties when it is full.
typedef struct d2l_profile {
  d2l_profile_event *_Nonnull events;
  int64_t count, capacity;
  int32_t muted; ///< above 0 while a span is open, so that what runs inside it is not counted twice
  void (*_Nonnull drain)(struct d2l_profile *_Nonnull);
  void *_Nullable owner;
} d2l_profile;

/// The calling thread's profile, NULL if none is running.
d2l_profile *_Nullable d2l_current_profile(void);
void d2l_set_current_profile(d2l_profile *_Nullable profile);

/// Now, in nanoseconds of the monotonic clock.
int64_t d2l_profile_clock(void);
/// Opens a span: returns its start, or -1 if nothing is to be reported.
int64_t d2l_profile_open(void);
/// Closes a span that d2l_profile_open began at `start` (not -1).
void d2l_profile_close(const char *_Nonnull name, int32_t phase, int64_t start);

#endif

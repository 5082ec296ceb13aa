// Tells ThreadSanitizer about hand-overs that it cannot see: gRPC moves a reactor from thread to thread under locks
// of libraries that are not instrumented. Without the sanitizer these are nothing.
#pragma once

#ifdef ONRECORD_THREAD_SANITIZER
extern "C" {
void __tsan_acquire(void* address);
void __tsan_release(void* address);
}
#endif

namespace onrecord {

// What this thread did so far happens before what the thread does that takes `address` over.
inline void HandOver([[maybe_unused]] void* address) {
#ifdef ONRECORD_THREAD_SANITIZER
  __tsan_release(address);
#endif
}

inline void TakeOver([[maybe_unused]] void* address) {
#ifdef ONRECORD_THREAD_SANITIZER
  __tsan_acquire(address);
#endif
}

}  // namespace onrecord

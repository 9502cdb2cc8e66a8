/* Counts the allocations of the process that loads it (LD_PRELOAD), for tests/benchmarks. The file that ALLOCATIONS names
 * holds two 64-bit numbers, calls and bytes, which another process may read at any time. glibc only. */
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static uint64_t before_main[2];
static uint64_t *counted = before_main;

__attribute__((constructor)) static void open_file(void) {
  const char *path = getenv("ALLOCATIONS");
  int file = path ? open(path, O_RDWR) : -1;
  if (file < 0 || ftruncate(file, sizeof before_main) != 0) return;
  void *shared = mmap(NULL, sizeof before_main, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (shared != MAP_FAILED) counted = shared;
  close(file);
}

static void count(size_t bytes) {
  __atomic_fetch_add(&counted[0], 1, __ATOMIC_RELAXED);
  __atomic_fetch_add(&counted[1], bytes, __ATOMIC_RELAXED);
}

void *malloc(size_t bytes) {
  count(bytes);
  return __libc_malloc(bytes);
}

void *calloc(size_t items, size_t bytes) {
  count(items * bytes);
  return __libc_calloc(items, bytes);
}

void *realloc(void *old, size_t bytes) {
  count(bytes);
  return __libc_realloc(old, bytes);
}

void *memalign(size_t alignment, size_t bytes) {
  count(bytes);
  return __libc_memalign(alignment, bytes);
}

void *aligned_alloc(size_t alignment, size_t bytes) {
  return memalign(alignment, bytes);
}

int posix_memalign(void **into, size_t alignment, size_t bytes) {
  *into = memalign(alignment, bytes);
  return *into ? 0 : 12;
}

// A stand-in for ROOT's class of this name.
#pragma once
#include <cstdlib>

struct TSystem {
  void Exit(int status) { std::exit(status); }
};
inline TSystem theSystem;
inline TSystem* gSystem = &theSystem;

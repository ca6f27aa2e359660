// A stand-in for ROOT's class of this name: a tree with two events.
#pragma once
#include <string>
#include "TBranch.h"

class TTree
{
 public:
  explicit TTree(const std::string& path) : mBranch(path), mHasBranch(path != "unrecorded.root") {}
  long long GetEntries() const { return 2; }
  TBranch* GetBranch(const char* name)
  {
    return mHasBranch && std::string(name) == "ZDCResponseImage" ? &mBranch : nullptr;
  }

 private:
  TBranch mBranch;
  bool mHasBranch;
};

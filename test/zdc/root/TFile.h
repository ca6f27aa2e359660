// A stand-in for ROOT's class of this name: what the extraction macro uses of it, with two events in place of a file.
#pragma once
#include <string>
#include "TTree.h"

class TFile
{
 public:
  static TFile* Open(const char* path, const char*)
  {
    const std::string name = path;
    return name == "missing.root" ? nullptr : new TFile(name);
  }
  bool IsZombie() const { return mPath == "broken.root"; }
  void GetObject(const char* name, TTree*& tree)
  {
    tree = std::string(name) == "o2sim" && mPath != "empty.root" ? &mTree : nullptr;
  }

 private:
  explicit TFile(const std::string& path) : mPath(path), mTree(path) {}
  std::string mPath;
  TTree mTree;
};
